from pathlib import Path

from django.db import migrations

from hansa.domain.orders.models import TRANSITIONS
from hansa.kernel.isolation import IsolateTenant

STATE_MACHINE = (Path(__file__).parent.parent / "state_machine.sql").read_text()
PAIRS = ", ".join(sorted(f"('{a}', '{b}')" for a, targets in TRANSITIONS.items() for b in targets))


class Migration(migrations.Migration):
    """Wall off orders by tenant, and hold their states."""

    dependencies = [("orders", "0001_initial"), ("tenants", "0001_initial")]
    operations = [
        IsolateTenant("Order"),
        IsolateTenant("OrderLine"),
        IsolateTenant("OrderCounter"),
        IsolateTenant("TimelineEntry"),
        migrations.RunSQL(STATE_MACHINE),
        migrations.RunSQL(f"INSERT INTO orders_transition VALUES {PAIRS}"),  # noqa: S608  (our own table)
        migrations.RunSQL("REVOKE INSERT, UPDATE, DELETE ON orders_transition FROM hansa_app"),
        migrations.RunSQL("REVOKE UPDATE ON orders_orderline, orders_timelineentry FROM hansa_app"),
        # One row per tenant, updated by every checkout: leave room on its page (HOT updates).
        migrations.RunSQL("ALTER TABLE orders_ordercounter SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0)"),
    ]
