from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    """Make the function that builds an order's document."""

    dependencies = [("orders", "0002_wall"), ("payments", "0002_wall")]
    operations = [migrations.RunSQL((Path(__file__).parent.parent / "document.sql").read_text())]
