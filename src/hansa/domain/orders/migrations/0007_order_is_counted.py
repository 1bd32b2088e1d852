from django.db import migrations, models


class Migration(migrations.Migration):
    """Note which orders count for what is popular; those of before do not."""

    dependencies = [("orders", "0006_orders_by_customer")]
    operations = [
        migrations.AddField(
            model_name="order",
            name="is_counted",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
