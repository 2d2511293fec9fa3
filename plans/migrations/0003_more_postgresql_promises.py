"""The rest of what only PostgreSQL can promise about operators. An account's parent is left out: it may be another's."""

from django.db import migrations

# What is referred to needs its pair of id and operator to be unique.
REFERRED_TO = [
    ("plans_orderitem", "orderitem_with_operator"),
    ("plans_termsversion", "termsversion_with_operator"),
    ("plans_storefront", "storefront_with_operator"),
]
SAME_OPERATOR = [
    ("plans_subscription", "order_item_id", "plans_orderitem"),
    ("plans_termsacceptance", "terms_id", "plans_termsversion"),
    ("plans_basket", "storefront_id", "plans_storefront"),
    ("plans_activity", "subscription_id", "plans_subscription"),
]


def name_of(table: str, column: str) -> str:
    return f"{table}_{column}_same_operator"


def promise(apps, schema_editor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, name in REFERRED_TO:
        schema_editor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (id, operator_id)")
    for table, column, other in SAME_OPERATOR:
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name_of(table, column)} "
            f"FOREIGN KEY ({column}, operator_id) REFERENCES {other} (id, operator_id) DEFERRABLE INITIALLY DEFERRED"
        )


def take_back(apps, schema_editor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, column, _ in SAME_OPERATOR:
        schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name_of(table, column)}")
    for table, name in REFERRED_TO:
        schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_postgresql_promises")]
    operations = [migrations.RunPython(promise, take_back)]
