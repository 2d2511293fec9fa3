"""What only PostgreSQL has: letters found by the start of an address at a million rows. SQLite reads them through.

`upper()` is what Django writes for `istartswith`.
"""

from django.db import migrations

NAME = "letter_by_recipient"


def promise(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE INDEX {NAME} ON notifications_notification "
            "(operator_id, upper(recipient_email::text) text_pattern_ops, id)"
        )


def take_back(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {NAME}")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_letters_by_template_and_day")]
    operations = [migrations.RunPython(promise, take_back)]
