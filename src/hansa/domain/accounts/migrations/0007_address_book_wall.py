from django.db import migrations

from hansa.domain.audit.operations import AuditModel
from hansa.kernel.isolation import IsolateTenant, reference_sql


class Migration(migrations.Migration):
    """Wall off address books, and let sessions and customers refer to users of their own tenant."""

    dependencies = [("accounts", "0006_address_book")]
    operations = [
        IsolateTenant("CustomerAddress"),
        migrations.RunSQL(
            [
                reference_sql("accounts_session", "user_id", "accounts_user", on_delete=" ON DELETE CASCADE"),
                reference_sql(
                    "accounts_customer", "user_id", "accounts_user", on_delete=' ON DELETE SET NULL ("user_id")'
                ),
                "DROP TRIGGER accounts_customer_audit ON accounts_customer",
            ]
        ),
        AuditModel("Customer", hide=["email", "name", "phone", "tax_id"]),
    ]
