from pathlib import Path

from django.db import migrations

from hansa.kernel.isolation import IsolateTenant

AUDIT = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    """Wall off the audit log by tenant, chain its entries, and let nobody change them."""

    dependencies = [("audit", "0001_initial"), ("tenants", "0001_initial")]
    operations = [
        IsolateTenant("AuditEntry"),
        IsolateTenant("AuditHead"),
        # As a list: RunSQL would split a text at its semicolons, and functions have those inside.
        migrations.RunSQL([(AUDIT / "chain.sql").read_text()]),
    ]
