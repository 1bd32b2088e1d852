from django.db import migrations

from hansa.kernel.isolation import ExposeDue, IsolateTenant


class Migration(migrations.Migration):
    """Wall off the counter, and let the worker find whose old events may be forgotten."""

    dependencies = [("events", "0003_log")]
    operations = [
        IsolateTenant("EventCounter"),
        ExposeDue("EventCounter", column="tidy_at", condition="last > 0"),
    ]
