from django.db import migrations, models


class Migration(migrations.Migration):
    """A person's first sign-in at its reseller's storefront, and a version: who edits an old one is told."""

    dependencies = [("plans", "0016_accounts_without_contact")]

    operations = [
        migrations.AddField(
            "contact",
            "joined_at",
            models.DateTimeField(blank=True, help_text="First signed in at its reseller’s storefront", null=True),
        ),
        migrations.AddField("contact", "version", models.PositiveIntegerField(default=1)),
    ]
