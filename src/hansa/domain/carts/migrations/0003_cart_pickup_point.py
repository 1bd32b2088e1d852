from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep where the buyer wants to fetch it."""

    dependencies = [("carts", "0002_wall")]
    operations = [
        migrations.AddField(model_name="cart", name="pickup_point_id", field=models.UUIDField(blank=True, null=True))
    ]
