"""What only PostgreSQL has: searching by any part of a name at a million rows, and tokens that stay at their operator.

SQLite searches by the start of a name. `upper()` is what Django writes for `icontains`.
"""

from django.db import migrations

# name: (table, column)
TRIGRAMS = {
    "account_name_trigrams": ("plans_account", "name"),
    "contact_name_trigrams": ("plans_contact", "name"),
    "contact_email_trigrams": ("plans_contact", "email"),
}
TOKENS = "plans_apitoken_account_id_same_operator"


def promise(apps, schema_editor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for name, (table, column) in TRIGRAMS.items():
        schema_editor.execute(f"CREATE INDEX {name} ON {table} USING gin (upper({column}::text) gin_trgm_ops)")
    schema_editor.execute(
        f"ALTER TABLE plans_apitoken ADD CONSTRAINT {TOKENS} FOREIGN KEY (account_id, operator_id) "
        "REFERENCES plans_account (id, operator_id) DEFERRABLE INITIALLY DEFERRED"
    )


def take_back(apps, schema_editor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(f"ALTER TABLE plans_apitoken DROP CONSTRAINT {TOKENS}")
    for name in TRIGRAMS:
        schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("plans", "0004_back_office")]
    operations = [migrations.RunPython(promise, take_back)]
