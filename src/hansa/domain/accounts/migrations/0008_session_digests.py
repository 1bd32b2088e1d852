from django.db import migrations

from hansa.domain.accounts.session_keys import DIGEST_CHARACTERS, SessionKeyField

DIGEST = """
    ALTER TABLE accounts_session
    ALTER COLUMN id TYPE varchar(64) USING encode(sha256(convert_to(id, 'UTF8')), 'hex')
"""


class Migration(migrations.Migration):
    """Keep digests instead of sessions' keys. Whoever is logged in stays so: see Note [Digests of session keys]."""

    dependencies = [("accounts", "0007_address_book_wall")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DIGEST)],
            state_operations=[
                migrations.AlterField(
                    "session",
                    "session_key",
                    SessionKeyField(db_column="id", max_length=DIGEST_CHARACTERS, primary_key=True, serialize=False),
                )
            ],
        )
    ]
