"""A reseller's catalogue in the order of its prices: of the costs, where a markup counts, else of what is recommended.

What only PostgreSQL has: products found by any part of their name or summary. SQLite reads them through. `upper()` is
what Django writes for `icontains`.
"""

from django.db import migrations, models

TRIGRAMS = {"product_name_trigrams": "name", "product_summary_trigrams": "summary"}


def promise(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name, column in TRIGRAMS.items():
            schema_editor.execute(
                f"CREATE INDEX {name} ON plans_product USING gin (upper({column}::text) gin_trgm_ops)"
            )


def take_back(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name in TRIGRAMS:
            schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("plans", "0017_people_of_customers")]
    operations = [
        migrations.AddIndex(
            model_name="price",
            index=models.Index(fields=["currency", "cycle", "amount", "product"], name="price_by_amount"),
        ),
        migrations.AddIndex(
            model_name="price",
            index=models.Index(fields=["currency", "cycle", "recommended", "product"], name="price_by_recommended"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                fields=["storefront", "product"], condition=models.Q(("markup__isnull", False)), name="listing_own_markup"
            ),
        ),
        migrations.RunPython(promise, take_back),
    ]
