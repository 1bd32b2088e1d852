from django.db import migrations

from hansa.domain.work.models import OPEN_SQL
from hansa.kernel.isolation import ExposeDue, IsolateTenant


class Migration(migrations.Migration):
    """Wall off exports by tenant, and let the worker find those that wait and the files that expired."""

    dependencies = [("exports", "0001_initial"), ("tenants", "0001_initial")]
    operations = [
        IsolateTenant("Export"),
        IsolateTenant("ExportFile"),
        ExposeDue("Export", column="available_at", condition=OPEN_SQL),
        ExposeDue("ExportFile", column="expires_at", condition="true"),
    ]
