from pathlib import Path

from django.db import migrations

PRICING = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    """Keep former prices of a whole file's variants in a time that grows with their number, not its square."""

    dependencies = [("pricing", "0005_shown_prices")]
    operations = [migrations.RunSQL([(PRICING / "history.sql").read_text()], migrations.RunSQL.noop)]
