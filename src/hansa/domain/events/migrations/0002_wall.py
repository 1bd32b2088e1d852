from django.db import migrations

from hansa.kernel.isolation import ExposeDue, IsolateTenant


class Migration(migrations.Migration):
    """Wall off the outbox by tenant, number its rows, and let the worker find who has events waiting."""

    dependencies = [("events", "0001_initial"), ("tenants", "0001_initial")]
    operations = [
        migrations.RunSQL("ALTER TABLE events_event ALTER COLUMN position ADD GENERATED ALWAYS AS IDENTITY"),
        # A hot little table: keep its dead rows few.
        migrations.RunSQL("ALTER TABLE events_event SET (autovacuum_vacuum_scale_factor = 0.01)"),
        IsolateTenant("Event"),
        IsolateTenant("HandledEvent"),
        ExposeDue("Event", column="available_at", condition="status = 'pending'"),
    ]
