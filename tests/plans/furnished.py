"""An operator with a row of every kind, for tests of what the database promises."""

from dataclasses import dataclass, field
from datetime import date

from django.db import models
from django.utils import timezone

from notifications.models import DeliveryEvent, Notification, NotificationAttempt, NotificationTemplate, TemplateVersion
from notifications.models.template import TemplateRecipient
from plans import aliases
from plans.models import (
    Account,
    ApiToken,
    IdempotencyRecord,
    ImportRun,
    Listing,
    Operator,
    PendingChange,
    Picture,
    Plan,
    Storefront,
    StorefrontDraft,
    StorefrontText,
    TenantRequest,
    WorkerHeartbeat,
)
from plans.ordering import draft_order
from plans.preview import Wanted
from tests import cast


@dataclass
class Furnished:
    """`account` went from Free to Standard; `other` has a placed order, a draft and a claim; `bare` has nothing."""

    operator: Operator
    account: Account
    other: Account
    bare: Account
    rows: dict[str, models.Model] = field(default_factory=dict)

    def __getattr__(self, name: str) -> models.Model:
        return self.rows[name]


def furnish(name: str = "Nordwind", *, host: str = "testserver") -> Furnished:
    operator = cast.distributor(name, host=host)
    account, other, bare = (cast.reseller(operator, f"{name} {kind}") for kind in ("One", "Two", "Three"))
    account = cast.on_plan(cast.on_plan(account, "free", alias="harbor"), "standard", alias=None)
    made = Furnished(operator, account, other, bare)
    made.rows = _bought(made) | _asked_for(made) | _written(made)
    made.rows |= _shown(made)
    return made


def _bought(made: Furnished) -> dict[str, models.Model]:
    free, standard = made.account.subscriptions.order_by("id")
    return {
        "free": free,
        "standard": standard,
        "storefront": made.account.storefront,
        "own_storefront": made.operator.account.storefront,
        "claim": made.account.storefront.claim,
        "charge": standard.charges.get(kind="charge"),
        "contact": made.account.contacts.get(),
        "role": made.account.contacts.get().roles.get(),
        "activity": standard.order_item.order.activities.order_by("id").first(),
        "terms_acceptance": standard.order_item.order.terms_acceptance,
        "pending": PendingChange.objects.create(
            operator=made.operator,
            subscription=standard,
            due_on=date(2030, 1, 1),
            to_plan=_plan(made, "free"),
            form_key=f"{made.operator.pk}-pending",
        ),
        "tenant_request": TenantRequest.objects.create(operator=made.operator, account=made.account),
    }


def _shown(made: Furnished) -> dict[str, models.Model]:
    of = {"operator": made.operator}
    on = {**of, "storefront": made.account.storefront}
    logo = Picture.objects.create(**of, account=made.account, width=512, height=256)
    Storefront.objects.filter(pk=made.account.storefront.pk).update(logo=logo)
    return {
        "picture": logo,
        "storefront_draft": StorefrontDraft.objects.create(**of, account=made.bare, name="Three", logo=logo),
        "listing": Listing.objects.create(**on, product=made.product, is_listed=True, featured=1),
        "listed_plan": Listing.objects.create(**on, product=made.plan_product, is_listed=False),
        "text": StorefrontText.objects.create(**on, kind=_text_kind(made), text="Kaiweg 14"),
    }


def _text_kind(made: Furnished) -> str:
    """Another one at each operator: a text that strays finds its place free."""
    kinds = StorefrontText.Kind.values
    return kinds[Operator.objects.filter(pk__lt=made.operator.pk).count() % len(kinds)]


def _asked_for(made: Furnished) -> dict[str, models.Model]:
    ordinary, standard = cast.product(made.operator), cast.plan_product(made.operator, "standard")
    basket = cast.basket(made.account, ordinary, cast.plan_product(made.operator, "free"))
    placed = cast.order_plan(made.other, "standard", alias="alpine")
    draft = draft_order(
        made.other, wanted=[Wanted(standard), Wanted(ordinary)], channel="bss_order", by=None, alias="kestrel"
    )
    return {
        "product": ordinary,
        "plan_product": standard,
        "price": ordinary.prices.get(),
        "plan": standard.plan,
        "basic": _plan(made, "basic"),
        "entitlement": standard.plan.entitlements.first(),
        "edge": standard.plan.edges_out.first(),
        "series": made.operator.series.first(),
        "terms": made.operator.terms.get(),
        "basket": basket,
        "basket_item": basket.items.get(is_plan=False),
        "basket_plan": basket.items.get(is_plan=True),
        "placed": placed,
        "draft": draft,
        "item": draft.items.get(is_plan=False),
        "plan_item": draft.items.get(is_plan=True),
        "held": made.operator.alias_claims.get(alias=aliases.hold("merlin", account=made.other, until=None)),
    }


def _written(made: Furnished) -> dict[str, models.Model]:
    staff = cast.staff(made.operator, "operations")
    template = NotificationTemplate.objects.filter(operator=made.operator).first()
    letter = Notification.objects.filter(operator=made.operator, order__isnull=False).first()
    contact = made.account.contacts.get()
    run = ImportRun.objects.create(operator=made.operator, by=staff.user, key="k", content=b"account", total=1)
    return {
        "staff": staff,
        "user": staff.user,
        "template": template,
        "to_contact": TemplateRecipient.objects.create(template=template, contact=contact, kind="cc"),
        "to_user": TemplateRecipient.objects.create(template=template, user=staff.user, kind="cc"),
        "to_address": TemplateRecipient.objects.create(template=template, email="a@b.example", kind="bcc"),
        "version": TemplateVersion.objects.create(template=template, number=1, language="en", subject="S", body="B"),
        "letter": letter,
        "colleague": cast.person(made.account, f"colleague@{made.operator.store_host}.example", roles=("viewer",)),
        "token": ApiToken.objects.create(
            operator=made.operator, account=made.account, user=staff.user, name="ERP", digest=made.operator.store_host
        ),
        "answered": IdempotencyRecord.objects.create(operator=made.operator, user=staff.user, key="k", request="r"),
        "run": run,
        "fate": run.fates.create(line=2, account="One", plan="Free", kind="create", text="One on Free"),
        "worker": WorkerHeartbeat.objects.get_or_create(worker="orders@one")[0],
        "alarm": made.operator.alarms.create(code="orders_late", words="1 order waits for a worker."),
        "attempt": NotificationAttempt.objects.create(notification=letter, number=1, started_at=timezone.now()),
        "event": DeliveryEvent.objects.create(
            notification=letter, kind="sent", happened_at=timezone.now(), provider="resend", event_id=letter.key
        ),
    }


def _plan(made: Furnished, code: str) -> Plan:
    return Plan.objects.get(operator=made.operator, code=code)
