"""A world of any size out of a small one: all rows of the growing tables, copied so many times."""

from django.db import connection
from django.db.models import ForeignKey, Model

from notifications.models import Notification
from plans.models import (
    Account,
    Activity,
    AliasClaim,
    ApiToken,
    Charge,
    Contact,
    Order,
    OrderItem,
    Price,
    Product,
    Storefront,
    Subscription,
    TenantRequest,
    TermsAcceptance,
)

APART = 10_000_000  # between the id of a row and that of its next copy: more than ids there are before
NEXT = f"{{column}} + n * {APART}"

# Each after those that it points at, with what its copies have of their own.
TABLES: dict[type[Model], dict[str, str]] = {
    Account: {
        "number": "{column} || (10000 + n)",
        "name": "{column} || ' ' || n",
        "parent_id": f"CASE WHEN kind = 'customer' THEN {NEXT} ELSE {{column}} END",
    },
    Contact: {"email": "n || '.' || {column}"},
    Product: {"slug": "{column} || '-' || n", "name": "{column} || ' ' || n"},
    Price: {"product_id": NEXT},
    Order: {"number": "{column} || (10000 + n)", "form_key": "NULL"},
    OrderItem: {},
    Subscription: {"number": "{column} || (10000 + n)"},
    AliasClaim: {"alias": "{column} || '-' || n"},
    Storefront: {},
    Charge: {},
    Activity: {},
    Notification: {"key": "{column} || ':' || n", "recipient_email": "n || '.' || {column}"},
    TermsAcceptance: {},
    TenantRequest: {},
    ApiToken: {"digest": "substr({column}, 1, 50) || n"},
}
# What is there once: the distributor's own, and what sells plans.
NOBODYS_OR_OF_COPIED = "account_id IS NULL OR account_id IN (SELECT id FROM plans_account WHERE kind <> 'distributor')"
WHICH = {
    Account: "kind <> 'distributor'",
    Activity: NOBODYS_OR_OF_COPIED,
    Notification: NOBODYS_OR_OF_COPIED,
    Product: "plan_id IS NULL",
    Price: "product_id IN (SELECT id FROM plans_product WHERE plan_id IS NULL)",
    Storefront: "NOT is_own",
}


def copy_all(*, first: int, last: int) -> None:
    """The copies `first` to `last` of everything; 1 is the first there can be."""
    for model, own in TABLES.items():
        others = {Product} if model is not Price else set()  # copies go on selling what was sold
        copy(model, own=own, where=WHICH.get(model, "1 = 1"), kept=others, first=first, last=last)


def copy(
    model: type[Model],
    *,
    last: int,
    where: str,
    own: dict[str, str] | None = None,
    kept: set[type[Model]] = frozenset(),
    first: int = 1,
) -> None:
    """Rows that point at one of `kept` go on pointing at the same; at others that were copied, at their copies."""
    own = TABLES.get(model, {}) | (own or {})
    columns, values = [], []
    for field in model._meta.concrete_fields:
        moves = field.primary_key or (
            isinstance(field, ForeignKey) and field.related_model in TABLES and field.related_model not in kept
        )
        usual = NEXT if moves else "{column}"
        columns.append(f'"{field.column}"')
        values.append(own.get(field.column, usual).format(column=f't."{field.column}"'))
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE k(n) AS (SELECT CAST({first} AS bigint) UNION ALL SELECT n + 1 FROM k WHERE n < {last}) "
            f'INSERT INTO "{table}" ({", ".join(columns)}) '
            f'SELECT {", ".join(values)} FROM "{table}" t CROSS JOIN k WHERE t.id < {APART} AND ({where})'
        )
