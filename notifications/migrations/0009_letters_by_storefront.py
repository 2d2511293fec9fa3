"""A letter knows the reseller's storefront in whose name it is written; PostgreSQL promises that both have one operator."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TABLE, PROMISE = "notifications_notification", "notifications_notification_storefront_id_same_operator"


def promise(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"ALTER TABLE {TABLE} ADD CONSTRAINT {PROMISE} FOREIGN KEY (storefront_id, operator_id) "
            "REFERENCES plans_storefront (id, operator_id) DEFERRABLE INITIALLY DEFERRED"
        )


def take_back(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT {PROMISE}")


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0008_letters_by_time'),
        ('plans', '0016_accounts_without_contact'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='notification',
            name='storefront',
            field=models.ForeignKey(blank=True, db_index=False, help_text="The reseller's in whose name it is written; none: the operator's own", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.storefront'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(fields=['recipient_user', '-id'], name='letter_of_user_newest'),
        ),
        migrations.RunPython(promise, take_back),
    ]
