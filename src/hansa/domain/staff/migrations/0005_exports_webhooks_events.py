from django.db import migrations

from hansa.domain.staff.operations import GiveToPresets


class Migration(migrations.Migration):
    """Shops that are older than exports, webhooks and the log of events have roles that know nothing of them."""

    dependencies = [("staff", "0004_audit")]
    operations = [
        GiveToPresets(
            {
                "exports.view": ("owner", "manager", "read-only"),
                "exports.run": ("owner", "manager"),
                "webhooks.view": ("owner", "manager"),
                "webhooks.edit": ("owner", "manager"),
                "events.view": ("owner", "manager"),
                "events.edit": ("owner", "manager"),
            }
        )
    ]
