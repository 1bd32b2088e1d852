from django.db import migrations

from hansa.domain.audit.operations import AuditModel
from hansa.domain.work.models import OPEN_SQL
from hansa.kernel.isolation import ExposeDue, IsolateTenant


class Migration(migrations.Migration):
    """Wall off webhooks, audit the endpoints, and let the worker find what is due."""

    dependencies = [("webhooks", "0001_initial"), ("audit", "0002_chain"), ("events", "0004_wall_log")]
    operations = [
        IsolateTenant("Endpoint"),
        IsolateTenant("Delivery"),
        IsolateTenant("DeliveryAttempt"),
        ExposeDue("Endpoint", column="wake_at", condition="is_enabled"),
        ExposeDue("Delivery", column="available_at", condition=OPEN_SQL),
        AuditModel(
            "Endpoint",
            label="url",
            hide=("secret_sealed", "old_secret_sealed"),
            ignore=("failures", "failing_since", "paused_until", "last_success_at", "wake_at", "updated_at"),
        ),
    ]
