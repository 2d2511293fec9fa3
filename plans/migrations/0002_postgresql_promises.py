"""What only PostgreSQL can promise: no row crosses operators, and activity is only ever added to.

Django has no composite foreign keys, so they are written here. On SQLite `manage.py verify` looks for such rows,
and nothing but this code writes the file.
"""

from django.db import migrations

# (table, column, other table): the pair (column, operator_id) must be a row of the other table.
SAME_OPERATOR = [
    ("plans_contact", "account_id", "plans_account"),
    ("plans_order", "account_id", "plans_account"),
    ("plans_order", "from_plan_id", "plans_plan"),
    ("plans_order", "to_plan_id", "plans_plan"),
    ("plans_orderitem", "order_id", "plans_order"),
    ("plans_orderitem", "product_id", "plans_product"),
    ("plans_product", "plan_id", "plans_plan"),
    ("plans_subscription", "account_id", "plans_account"),
    ("plans_subscription", "product_id", "plans_product"),
    ("plans_subscription", "plan_id", "plans_plan"),
    ("plans_subscription", "replaces_id", "plans_subscription"),
    ("plans_pendingchange", "subscription_id", "plans_subscription"),
    ("plans_pendingchange", "to_plan_id", "plans_plan"),
    ("plans_charge", "account_id", "plans_account"),
    ("plans_charge", "order_id", "plans_order"),
    ("plans_charge", "subscription_id", "plans_subscription"),
    ("plans_aliasclaim", "account_id", "plans_account"),
    ("plans_storefront", "account_id", "plans_account"),
    ("plans_storefront", "claim_id", "plans_aliasclaim"),
    ("plans_storefront", "created_by_order_id", "plans_order"),
    ("plans_tenantrequest", "account_id", "plans_account"),
    ("plans_termsacceptance", "account_id", "plans_account"),
    ("plans_termsacceptance", "order_id", "plans_order"),
    ("plans_activity", "account_id", "plans_account"),
    ("plans_activity", "order_id", "plans_order"),
]

APPEND_ONLY = """
CREATE FUNCTION plans_activity_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'activity is only ever added to' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER activity_is_append_only BEFORE UPDATE OR DELETE ON plans_activity
    FOR EACH ROW EXECUTE FUNCTION plans_activity_is_append_only();
"""


def name_of(table: str, column: str) -> str:
    return f"{table}_{column}_same_operator"


def promise(apps, schema_editor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, column, other in SAME_OPERATOR:
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name_of(table, column)} "
            f"FOREIGN KEY ({column}, operator_id) REFERENCES {other} (id, operator_id) DEFERRABLE INITIALLY DEFERRED"
        )
    schema_editor.execute(APPEND_ONLY, params=None)


def take_back(apps, schema_editor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("DROP TRIGGER activity_is_append_only ON plans_activity")
    schema_editor.execute("DROP FUNCTION plans_activity_is_append_only()")
    for table, column, _ in reversed(SAME_OPERATOR):
        schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name_of(table, column)}")


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial")]
    operations = [migrations.RunPython(promise, take_back)]
