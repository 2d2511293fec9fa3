"""What only PostgreSQL can promise: no letter is about another operator's account, order or subscription."""

from django.db import migrations

TABLE = "notifications_notification"
SAME_OPERATOR = [
    ("account_id", "plans_account"),
    ("order_id", "plans_order"),
    ("subscription_id", "plans_subscription"),
]


def promise(apps, schema_editor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for column, other in SAME_OPERATOR:
        schema_editor.execute(
            f"ALTER TABLE {TABLE} ADD CONSTRAINT {TABLE}_{column}_same_operator "
            f"FOREIGN KEY ({column}, operator_id) REFERENCES {other} (id, operator_id) DEFERRABLE INITIALLY DEFERRED"
        )


def take_back(apps, schema_editor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for column, _ in SAME_OPERATOR:
        schema_editor.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT {TABLE}_{column}_same_operator")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_letter_due_for_both_databases"), ("plans", "0001_initial")]
    operations = [migrations.RunPython(promise, take_back)]
