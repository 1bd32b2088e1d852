from django.db import migrations

from hansa.kernel.isolation import IsolateTenant, reference_sql


class Migration(migrations.Migration):
    """Wall off address books, and let sessions and customers refer to users of their own tenant."""

    dependencies = [("accounts", "0005_address_book")]
    operations = [
        IsolateTenant("CustomerAddress"),
        migrations.RunSQL(
            [
                reference_sql("accounts_session", "user_id", "accounts_user", on_delete=" ON DELETE CASCADE"),
                reference_sql(
                    "accounts_customer", "user_id", "accounts_user", on_delete=' ON DELETE SET NULL ("user_id")'
                ),
            ]
        ),
    ]
