from django.db import migrations

from hansa.domain.audit.operations import AuditModel


class Migration(migrations.Migration):
    """Audit what staff change of people."""

    dependencies = [("accounts", "0004_customers_wall"), ("audit", "0002_chain")]
    operations = [
        AuditModel("User", label="email", hide=["password"], ignore=["last_login"]),
        AuditModel("CustomerGroup", label="name"),
        # Shoppers' personal data must be erasable, and the log is not: it tells only that they changed.
        AuditModel("Customer", hide=["email", "name", "tax_id"]),
    ]
