from django.db import migrations

from hansa.domain.audit.operations import AuditModel
from hansa.domain.work.models import OPEN_SQL
from hansa.kernel.isolation import ExposeDue, IsolateTenant


class Migration(migrations.Migration):
    """Wall off feeds by tenant, let the worker find those that are due, and log who switches them."""

    dependencies = [("exports", "0003_feed"), ("audit", "0002_chain")]
    operations = [
        IsolateTenant("Feed"),
        ExposeDue("Feed", column="available_at", condition=OPEN_SQL),
        AuditModel(
            "Feed",
            label="language",
            ignore=(
                *("updated_at", "available_at", "attempts", "failures", "last_error"),
                *("file_name", "file_sha256", "items", "written_at"),
            ),
        ),
    ]
