"""Whether an account has a primary contact is kept beside the contacts: those that have none are found by an index."""

from django.db import migrations, models
from django.db.models import Exists, OuterRef


def fill(apps, schema_editor) -> None:
    primary = apps.get_model("plans", "Contact").objects.filter(is_primary=True, account=OuterRef("pk"))
    apps.get_model("plans", "Account").objects.filter(Exists(primary)).update(has_primary_contact=True)


class Migration(migrations.Migration):
    dependencies = [("plans", "0015_postgresql_own_storefronts")]
    operations = [
        migrations.AddField(
            model_name="account",
            name="has_primary_contact",
            field=models.BooleanField(
                default=False, help_text="Kept beside the contacts, to find those without"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("has_primary_contact", False)),
                fields=["operator", "kind", "name", "id"],
                name="account_without_contact",
            ),
        ),
    ]
