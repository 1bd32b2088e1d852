from django.db import migrations

from hansa.domain.accounts.session_keys import DIGEST_CHARACTERS, SessionKeyField

DIGEST = """
    ALTER TABLE usersessions_usersession
    ALTER COLUMN session_key TYPE varchar(64) USING encode(sha256(convert_to(session_key, 'UTF8')), 'hex')
"""


class Migration(migrations.Migration):
    """Keep digests instead of sessions' keys, as `accounts_session` does: `interfaces/identity/apps.py`."""

    dependencies = [("usersessions", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DIGEST)],
            state_operations=[
                migrations.AlterField(
                    "usersession",
                    "session_key",
                    SessionKeyField(
                        editable=False, max_length=DIGEST_CHARACTERS, unique=True, verbose_name="session key"
                    ),
                )
            ],
        )
    ]
