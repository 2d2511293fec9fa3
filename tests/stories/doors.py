"""The doors through which a plan is ordered, each walked by its pages: what a form shows is what it sends.

A door is opened, and gives what sends it: in between, the world may change. `alias` is what is typed; None types
nothing, as where the storefront keeps the one it has.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from plans.models import Account, Order
from tests import cast
from tests.api.calling import BSS, STORE, Program, token_of
from tests.storefront.visits import form_of

Send = Callable[[], HttpResponse]


class Doors:
    """Staff, the reseller and the distributor's program, each signed in where they work."""

    def __init__(self, account: Account) -> None:
        self.account, self.operator = account, account.operator
        self.maren = cast.staff(self.operator, "administrator").user
        self.back_office = self._signed_in(self.maren, BSS)
        self.shop = self._signed_in(cast.buyer_of(account), STORE)
        self.erp = Program(token_of(self.operator, self.maren))

    @staticmethod
    def _signed_in(user, host: str) -> Client:
        client = Client(headers={"host": host})
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    def basket(self, alias: str | None) -> Send:
        self.shop.post("/basket/add/", {"product": "standard-plan"})
        form = form_of(self.shop.get("/checkout/"), "/checkout/")
        return lambda: self.shop.post("/checkout/", form | _typed(alias) | {"payment": "account", "terms": "on"})

    def bss_order(self, alias: str | None) -> Send:
        """Execute on the order's page; without an alias there is nothing to press, and it is sent nevertheless."""
        page = self._drafted()
        if alias and self._item_dialog(page, alias)().status_code != 302:
            raise AssertionError(f"{alias} was refused in the item dialog")
        execute = f"{page}execute/"
        form = {} if alias == "" else form_of(self.back_office.get(page), execute)
        return lambda: self.back_office.post(execute, form)

    def bss_item(self, alias: str | None) -> Send:
        """The pencil on the order's Products tab, where the alias is typed."""
        return self._item_dialog(self._drafted(), alias)

    def _drafted(self) -> str:
        new = f"/bss/orders/new/?account={self.account.number}"
        form = form_of(self.back_office.get(new), "/bss/orders/new/")
        told = self.back_office.post("/bss/orders/new/", form | {"product": "standard-plan", "cycle": "month"})
        assert told.status_code == 302, told.text
        return told["Location"].partition("?")[0]

    def _item_dialog(self, page: str, alias: str | None) -> Send:
        item = Order.objects.get(account=self.account, state="draft").items.get()
        edit = f"{page}items/{item.pk}/edit/"
        form = form_of(self.back_office.get(edit), edit)
        return lambda: self.back_office.post(edit, form | _typed(alias) | {"cycle": "month"})

    def dialog(self, alias: str | None) -> Send:
        return self._saving(f"/bss/accounts/{self.account.number}/upgrade/standard/", alias)

    def subscription(self, alias: str | None) -> Send:
        return self._saving(f"/bss/subscriptions/{self._held()}/upgrade/", alias, query="?to=standard")

    def own_subscription(self, alias: str | None) -> Send:
        url = f"/subscriptions/{self._held()}/upgrade/"
        form = form_of(self.shop.get(url), f"{url}?to=standard")
        return lambda: self.shop.post(f"{url}?to=standard", form | _typed(alias) | {"cycle": "month", "terms": "on"})

    def api(self, alias: str | None) -> Send:
        wanted = {"account": self.account.number, "plan": "standard", "cycle": "month"} | _typed(alias)
        shown = self.erp.post("plan-changes/preview/", wanted).json()
        return lambda: self.erp.post("plan-changes/", wanted | {"fingerprint": shown["fingerprint"]})

    def api_order(self, alias: str | None) -> Send:
        drafted = self.erp.post("orders/", {"account": self.account.number, "items": [{"product": "standard-plan"}]})
        at, [item] = f"orders/{drafted.json()['number']}/", drafted.json()["items"]
        shown = self.erp.get(f"{at}preview/").json()

        def send() -> HttpResponse:
            if alias is not None:
                told = self.erp.patch(f"{at}items/{item['id']}/", {"alias": alias})
                if told.status_code != 200:
                    return told
            return self.erp.post(f"{at}place/", {"fingerprint": shown["fingerprint"]})

        return send

    def way_down(self, plan: str, when: str = "now") -> Send:
        return self._going_down(self.back_office, "/bss", plan, when)

    def own_way_down(self, plan: str, when: str = "now") -> Send:
        return self._going_down(self.shop, "", plan, when)

    def api_way_down(self, plan: str, when: str = "now") -> Send:
        wanted = {"account": self.account.number, "plan": plan, "when": when}
        shown = self.erp.post("plan-changes/preview/", wanted).json()
        sent = wanted | {"fingerprint": shown["fingerprint"], "confirm_alias": shown["alias"]}
        return lambda: self.erp.post("plan-changes/", sent)

    def _going_down(self, client: Client, face: str, plan: str, when: str) -> Send:
        verb = "cancel" if plan == "basic" else "downgrade"
        url = f"{face}/subscriptions/{self._held()}/{verb}/?to={plan}"
        form = form_of(client.get(url), url)
        alias = self.account.storefront.claim.alias
        return lambda: client.post(url, form | {"when": when, "confirm_alias": alias})

    def _saving(self, url: str, alias: str | None, *, query: str = "") -> Send:
        form = form_of(self.back_office.get(url), url + query)
        return lambda: self.back_office.post(url + query, form | _typed(alias) | {"cycle": "month"})

    def _held(self) -> str:
        return self.account.subscriptions.active().get().number


def _typed(alias: str | None) -> dict[str, str]:
    return {} if alias is None else {"alias": alias}


FROM_BASIC = [Doors.basket, Doors.bss_order, Doors.dialog, Doors.api, Doors.api_order]
FROM_FREE = [*FROM_BASIC, Doors.subscription, Doors.own_subscription]
SELF_SERVICE = [Doors.basket, Doors.own_subscription]
WAYS_DOWN = [Doors.way_down, Doors.own_way_down, Doors.api_way_down]
