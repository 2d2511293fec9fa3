"""What the database promises, whoever writes the row: for each constraint a raw write that must fail by it.

And a twin: with the constraint out the very same write goes through, so it fails by that constraint and no other.
"""

import copy
import re
from collections.abc import Callable
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.utils import timezone

from .furnished import Furnished, furnish

pytestmark = pytest.mark.django_db


def change(row: models.Model, **columns) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(**columns)


def again(row: models.Model, **columns) -> None:
    """The same row once more, but for these columns."""
    twin = copy.copy(row)
    twin.pk, twin._state = None, models.base.ModelState()
    for name, value in columns.items():
        setattr(twin, name, value)
    type(row)._base_manager.bulk_create([twin])


NOW = timezone.now()
PARKED = {"claim": None, "state": "parked", "parked_at": NOW}
CASES: dict[str, Callable[[Furnished], None]] = {
    # who
    "User.email": lambda w: again(w.user),
    "user_email_lowercase": lambda w: change(w.user, email="Ops@nordwind.example"),
    "Operator.store_host": lambda w: again(w.operator, account=None),
    "Operator.account": lambda w: again(w.operator, store_host="other.test"),
    "operator_host_lowercase": lambda w: change(w.operator, store_host="Cloud.disti.test"),
    "operator_tax_rate": lambda w: change(w.operator, tax_rate=101),
    "one_series_per_prefix": lambda w: again(w.series),
    "account_number_unique": lambda w: again(w.bare),
    "account_has_parent": lambda w: change(w.bare, parent=None),
    "one_primary_contact": lambda w: again(w.contact, user=None, email="second@x.example"),
    "contact_once_per_account": lambda w: again(w.contact, user=None, is_primary=False),
    "user_once_per_account": lambda w: again(w.contact, email="second@x.example", is_primary=False),
    "contact_email_lowercase": lambda w: change(w.contact, email="Owner@x.example"),
    "role_once_per_contact": lambda w: again(w.role),
    "contact_role_known": lambda w: change(w.role, role="owner"),
    "staff_once_per_operator": lambda w: again(w.staff, role="finance"),
    "staff_role_known": lambda w: change(w.staff, role="root"),
    # what is sold
    "plan_code_unique": lambda w: again(w.plan, rank=99),
    "plan_rank_unique": lambda w: again(w.plan, code="other"),
    "one_default_plan": lambda w: again(w.basic, code="other", rank=99),
    "entitlement_once_per_plan": lambda w: again(w.entitlement, limit=3),
    "one_edge_per_step": lambda w: again(w.edge),
    "edge_goes_somewhere": lambda w: change(w.edge, to_plan=w.edge.from_plan),
    "product_slug_unique": lambda w: again(w.product),
    "Product.plan": lambda w: again(w.plan_product, slug="other"),
    "one_price_per_cycle": lambda w: again(w.price, amount=1),
    "recommended_not_negative": lambda w: change(w.price, recommended=-1),
    "price_not_negative": lambda w: change(w.price, amount=-1),
    "price_cycle_known": lambda w: change(w.price, cycle="week"),
    "terms_number_unique": lambda w: again(w.terms),
    # what is asked for
    "one_basket_per_storefront": lambda w: again(w.basket),
    "product_once_per_basket": lambda w: again(w.basket_item),
    "one_plan_per_basket": lambda w: again(w.basket_plan, product=w.plan_product),
    "basket_quantity": lambda w: change(w.basket_item, quantity=0),
    "one_of_a_plan": lambda w: change(w.basket_plan, quantity=2),
    "order_number_unique": lambda w: again(w.draft),
    "Order.form_key": lambda w: again(w.draft, number="SO-9", form_key=w.placed.form_key),
    "one_open_plan_order": lambda w: change(w.draft, state="placed"),
    "order_state_known": lambda w: change(w.draft, state="lost"),
    "executing_has_lease": lambda w: change(w.placed, state="executing", lease_until=NOW),
    "executed_has_time": lambda w: change(w.placed, state="executed"),
    "failed_has_reason": lambda w: change(w.placed, state="failed"),
    "plan_order_names_its_plan": lambda w: change(w.draft, to_plan=None),
    "one_plan_item": lambda w: again(w.plan_item),
    "item_quantity": lambda w: change(w.item, quantity=0),
    "only_plans_have_an_alias": lambda w: change(w.item, alias="harbor"),
    "TermsAcceptance.order": lambda w: again(w.terms_acceptance),
    # what is held
    "alias_claimed_once": lambda w: again(w.claim, account=w.other, state="held"),
    "alias_shape": lambda w: change(w.claim, alias="Harbor"),
    "quarantine_ends": lambda w: change(w.claim, state="quarantined"),
    "one_own_storefront": lambda w: again(w.own_storefront, account=w.bare),
    "Storefront.account": lambda w: again(w.storefront, created_by_order=None, **PARKED),
    "Storefront.claim": lambda w: again(w.storefront, account=w.bare, created_by_order=None),
    "Storefront.created_by_order": lambda w: again(w.storefront, account=w.bare, **PARKED),
    "open_storefront_has_alias": lambda w: change(w.storefront, claim=None),
    "colour_shape": lambda w: change(w.storefront, brand_colour="#0A6573"),
    "draft_colour_shape": lambda w: change(w.storefront_draft, brand_colour="red;}#1"),
    "StorefrontDraft.account": lambda w: again(w.storefront_draft),
    "storefront_markup_sane": lambda w: change(w.storefront, markup=-1),
    "picture_has_size": lambda w: change(w.picture, width=0),
    "listing_once_per_product": lambda w: again(w.listing, featured=None),
    "one_product_per_place": lambda w: change(w.listed_plan, featured=1),
    "listing_markup_sane": lambda w: change(w.listing, markup=1001),
    "text_once_per_kind": lambda w: again(w.text),
    "text_kind_known": lambda w: change(w.text, kind="poem"),
    "parked_has_time": lambda w: change(w.storefront, state="parked"),
    "subscription_number_unique": lambda w: again(w.standard, order_item=w.item, replaces=None, plan=None),
    "one_active_plan_subscription": lambda w: again(w.standard, number="SUB-9", order_item=w.item, replaces=None),
    "Subscription.order_item": lambda w: again(w.standard, number="SUB-9", replaces=None, plan=None),
    "Subscription.replaces": lambda w: again(w.standard, number="SUB-9", order_item=w.item, plan=None),
    "ended_has_time": lambda w: change(w.standard, state="ended"),
    "period_has_days": lambda w: change(w.standard, period_end_on=w.standard.period_start_on),
    "PendingChange.subscription": lambda w: again(w.pending, form_key=None),
    "PendingChange.form_key": lambda w: again(w.pending, subscription=w.free),
    "one_charge_per_period": lambda w: again(w.charge),
    "credit_is_negative": lambda w: change(w.charge, kind="credit"),
    "one_open_tenant_request": lambda w: again(w.tenant_request),
    # programs and workers
    "ApiToken.digest": lambda w: again(w.token),
    "token_scope_known": lambda w: change(w.token, scope="all"),
    "one_answer_per_key": lambda w: again(w.answered),
    "WorkerHeartbeat.worker": lambda w: again(w.worker),
    # what comes from a file
    "one_ringing_alarm_per_kind": lambda w: again(w.alarm),
    "import_once_per_check": lambda w: again(w.run),
    "import_state_known": lambda w: change(w.run, state="lost"),
    "import_done_of_total": lambda w: change(w.run, done=2),
    "import_ended_when_done": lambda w: change(w.run, state="done"),
    "fate_once_per_row": lambda w: again(w.fate),
    "fate_kind_known": lambda w: change(w.fate, kind="lost"),
    # letters
    "template_once_per_operator": lambda w: again(w.template),
    "template_version_once": lambda w: again(w.version),
    "template_entity_known": lambda w: change(w.template, entity="baskets"),
    "recipient_is_one_thing": lambda w: change(w.to_contact, email="a@c.example"),
    "recipient_kind_known": lambda w: change(w.to_user, kind="fax"),
    "recipient_contact_once": lambda w: again(w.to_contact, kind="bcc"),
    "recipient_user_once": lambda w: again(w.to_user, kind="bcc"),
    "recipient_email_once": lambda w: again(w.to_address, kind="cc"),
    "letter_state_known": lambda w: change(w.letter, state="lost"),
    "letter_kind_known": lambda w: change(w.letter, kind="fax"),
    "letter_sending_has_lease": lambda w: change(w.letter, state="sending", lease_until=NOW),
    "letter_waiting_has_time": lambda w: change(w.letter, state="retry", next_attempt_at=None),
    "letter_sent_has_time": lambda w: change(w.letter, state="sent", sent_at=None),
    "Notification.key": lambda w: again(w.letter),
    "attempt_number_once": lambda w: again(w.attempt),
    "delivery_event_once": lambda w: again(w.event),
    "delivery_event_kind_known": lambda w: change(w.event, kind="lost"),
}  # fmt: skip


def promises() -> dict[str, tuple[type[models.Model], models.BaseConstraint | models.Field]]:
    """All of them, by name; but not the pairs with an id in them, which are only there to be referred to."""
    found = {}
    for app in ("plans", "notifications"):
        for model in apps.get_app_config(app).get_models():
            for constraint in model._meta.constraints:
                if not {"id", model._meta.pk.name} & set(getattr(constraint, "fields", ())):
                    found[constraint.name] = (model, constraint)
            for column in model._meta.fields:
                if column.unique and not column.primary_key:
                    found[f"{model.__name__}.{column.name}"] = (model, column)
    return found


def test_no_promise_is_without_its_case():
    assert set(CASES) == set(promises())


def told(problem: Exception, name: str) -> str:
    """What the database said, as the name of the promise that it named."""
    model, promise = promises()[name]
    columns = [promise.name] if isinstance(promise, models.Field) else list(getattr(promise, "fields", ()))
    columns = [model._meta.get_field(column).column for column in columns]
    if connection.vendor == "postgresql":
        said = problem.__cause__.diag.constraint_name
        of_a_column = f"{model._meta.db_table}_{columns[0]}_" if isinstance(promise, models.Field) else None
        return name if of_a_column and re.match(f"{of_a_column}.*(key|uniq)$", said) else said
    said = str(problem)
    if said == "UNIQUE constraint failed: " + ", ".join(f"{model._meta.db_table}.{column}" for column in columns):
        return name
    return said.removeprefix("CHECK constraint failed: ")


@pytest.fixture
def furnished() -> Furnished:
    made = furnish()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return made


def test_each_promise_is_kept(furnished):
    broken = {}
    for name, write in CASES.items():
        try:
            with transaction.atomic():
                write(furnished)
                transaction.set_rollback(True)
            broken[name] = "was written"
        except IntegrityError as problem:
            if told(problem, name) != name:
                broken[name] = str(problem)
    assert broken == {}


@contextmanager
def out(name: str):
    """The database without that promise, in a transaction that is rolled back. Gives False where it cannot be so."""
    model, promise = promises()[name]
    is_check, is_sqlite = isinstance(promise, models.CheckConstraint), connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if is_check and is_sqlite:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            with transaction.atomic():
                if isinstance(promise, models.UniqueConstraint) and promise.condition is not None:
                    cursor.execute(f"DROP INDEX {name}")
                elif not is_sqlite:
                    table = model._meta.db_table
                    cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {in_the_database(model, promise)}")
                yield is_check or not is_sqlite or getattr(promise, "condition", None) is not None
                transaction.set_rollback(True)
        finally:
            if is_check and is_sqlite:
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


def in_the_database(model: type[models.Model], promise) -> str:
    if not isinstance(promise, models.Field):
        return promise.name
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    return next(
        n for n, c in found.items() if c["unique"] and c["columns"] == [promise.column] and not c["primary_key"]
    )


def test_twin_without_it_the_same_write_goes_through(furnished):
    still_refused, tried = {}, 0
    for name, write in CASES.items():
        try:
            with out(name) as is_out:
                if is_out:
                    tried += 1
                    write(furnished)
        except IntegrityError as problem:
            still_refused[name] = str(problem)
    assert still_refused == {}
    assert tried == len(CASES) if connection.vendor == "postgresql" else tried > 40


# --- what only PostgreSQL promises ---


@pytest.mark.pg
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite: nothing but this code writes the file")
def test_activity_is_only_ever_added_to(furnished):
    for rewrite in (
        lambda row: change(row, text="Nothing happened."),
        lambda row: type(row).objects.filter(pk=row.pk).delete(),
        lambda row: row.save(),
    ):
        with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
            rewrite(furnished.activity)
    again(furnished.activity)
