"""What only PostgreSQL can promise: no listing, text, draft or picture crosses operators."""

from django.db import migrations

# (table, column, other table, its key): the pair (column, operator_id) must be a row of the other table.
SAME_OPERATOR = [
    ("plans_listing", "storefront_id", "plans_storefront", "id"),
    ("plans_listing", "product_id", "plans_product", "id"),
    ("plans_storefronttext", "storefront_id", "plans_storefront", "id"),
    ("plans_storefrontdraft", "account_id", "plans_account", "id"),
    ("plans_storefrontdraft", "logo_id", "plans_picture", "token"),
    ("plans_storefront", "logo_id", "plans_picture", "token"),
    ("plans_picture", "account_id", "plans_account", "id"),
]


def name_of(table: str, column: str) -> str:
    return f"{table}_{column}_same_operator"


def promise(apps, schema_editor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, column, other, key in SAME_OPERATOR:
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name_of(table, column)} "
            f"FOREIGN KEY ({column}, operator_id) REFERENCES {other} ({key}, operator_id) DEFERRABLE INITIALLY DEFERRED"
        )


def take_back(apps, schema_editor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, column, *_ in reversed(SAME_OPERATOR):
        schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name_of(table, column)}")


class Migration(migrations.Migration):
    dependencies = [("plans", "0014_own_storefronts")]
    operations = [migrations.RunPython(promise, take_back)]
