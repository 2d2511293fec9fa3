"""Accounts by state and by country, sorted by name; and, on PostgreSQL, aliases by any part of them."""

from django.db import migrations, models

TRIGRAMS = "CREATE INDEX alias_trigrams ON plans_aliasclaim USING gin (upper(alias::text) gin_trgm_ops)"


def index_aliases(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(TRIGRAMS)


def take_back(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX alias_trigrams")


class Migration(migrations.Migration):
    dependencies = [("plans", "0007_upgrades_by_week")]
    operations = [
        migrations.AddIndex(
            model_name="account",
            index=models.Index(fields=["operator", "kind", "state", "name", "id"], name="account_by_state"),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(fields=["operator", "kind", "country", "name", "id"], name="account_by_country"),
        ),
        migrations.RunPython(index_aliases, take_back),
    ]
