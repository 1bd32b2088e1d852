from django.db import migrations

from hansa.domain.audit.operations import AuditModel


class Migration(migrations.Migration):
    """Audit what staff do with money."""

    dependencies = [("payments", "0002_wall"), ("audit", "0002_chain")]
    operations = [
        AuditModel(
            "Payment", label="provider", parent="reference", hide=["next_action"], ignore=["attempts", "next_check_at"]
        ),
        AuditModel("Refund", label="reason_code", parent="payment_id", ignore=["attempts", "next_check_at"]),
        AuditModel("GiftCard", label="last_characters"),
    ]
