"""Door 4: Shortcuts > Upgrade. The storefront's alias, branding and customers are kept."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from plans.models import Account, Order, Subscription
from plans.upgrade_paths import next_way_up

from ..plan_changes import PlanChangeDialog, plan_called, product_of


class UpgradeSubscription(PlanChangeDialog):
    """`?to=` names the plan; without it, it is the next one above. Whoever sends the form sends the plan it showed."""

    channel = Order.Channel.SUBSCRIPTION

    def find(self, *, number: str) -> None:
        mine = Subscription.objects.filter(operator=self.request.operator).for_plans()
        found = mine.select_related("account__account_manager", "plan")
        self.subscription = get_object_or_404(found, number=number)
        self.account: Account = self.subscription.account
        self.account.operator = self.request.operator
        wanted, is_sent = self.request.GET.get("to", ""), self.request.method == "POST"
        if not self.subscription.is_active and not is_sent:  # sent twice, it answers with the order that ended it
            raise Http404
        self.product = product_of(plan_called(self.account, wanted) if wanted else next_way_up(self.account))

    def back(self) -> tuple[str, str]:
        return reverse("subscription", args=[self.subscription.number]), self.subscription.number

    def words(self) -> dict[str, str]:
        return {
            "heading": f"Upgrade to {self.product.plan.name}",
            "sub": f"{self.subscription.number} · {self.account.name}",
            "confirm": f"Upgrade to {self.product.plan.name}",
            "decline": f"Keep {self.subscription.plan.name} plan",
            "action": f"{self.request.path}?to={self.product.plan.code}",
        }

    def lands_on(self, order: Order) -> str:
        return reverse("order", args=[order.number])
