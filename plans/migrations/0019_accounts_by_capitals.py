"""An operator's accounts by their name, whatever its case: the check of an import file asks for a thousand at once."""

from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("plans", "0018_catalogues_by_price")]
    operations = [
        migrations.AddIndex(
            model_name="account",
            index=models.Index("operator", Upper("name"), name="account_by_capitals"),
        )
    ]
