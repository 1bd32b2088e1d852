from django.db import migrations

from hansa.domain.audit.operations import AuditModel


class Migration(migrations.Migration):
    """Audit what staff do with orders."""

    dependencies = [("orders", "0003_document"), ("audit", "0002_chain")]
    operations = [
        # Shoppers' personal data must be erasable, and the log is not: it tells only that they changed.
        AuditModel("Order", label="number", hide=["email", "email_key", "shipping_address", "billing_address"]),
    ]
