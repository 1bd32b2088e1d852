from django.db import migrations

from hansa.domain.audit.operations import AuditModel


class Migration(migrations.Migration):
    """Audit what staff do with orders."""

    dependencies = [("orders", "0003_document"), ("audit", "0002_chain")]
    operations = [
        AuditModel("Order", label="number"),
    ]
