"""Delete a user, with all that hangs on them."""

from uuid import UUID

from hansa.kernel.postgresql.batches import tell_now
from hansa.kernel.transactions import requires_transaction

_DELETE = """
    DELETE FROM accounts_user
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND id = %(user_id)s
"""


@requires_transaction
def delete_user(*, user_id: UUID) -> None:
    """Delete the row; the database's own cascades take sessions, second factors and whatever else is theirs.

    Not by Django, which would do the cascades itself: for tables, too, that a library's models have and
    our database has not.
    """
    tell_now(_DELETE, {"user_id": user_id})
