"""Forget accounts whose e-mail address nobody ever proved to be theirs."""

from datetime import datetime, timedelta

from django.conf import settings

from hansa.domain.audit.services.record import record
from hansa.kernel.postgresql.batches import tell
from hansa.kernel.transactions import transaction

MOST = 500
"""Accounts that are deleted in one transaction."""

# Locking the address, too, and asking it again then: whoever is proving it at this moment keeps the account.
_FORGET = """
    WITH stale AS (
        SELECT u.id FROM accounts_user u
        JOIN account_emailaddress e ON e.tenant_id = u.tenant_id AND e.user_id = u.id AND NOT e.verified
        WHERE u.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND e.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND NOT u.is_staff AND u.last_login IS NULL AND u.created_at < %(before)s
            AND NOT EXISTS (SELECT FROM account_emailaddress p
                WHERE p.tenant_id = u.tenant_id AND p.user_id = u.id AND p.verified)
            AND NOT EXISTS (SELECT FROM accounts_customer c WHERE c.tenant_id = u.tenant_id AND c.user_id = u.id)
            AND NOT EXISTS (SELECT FROM accounts_session s
                WHERE s.tenant_id = u.tenant_id AND s.user_id = u.id AND s.expire_date > %(now)s)
        ORDER BY u.created_at LIMIT %(most)s::int FOR UPDATE OF u, e SKIP LOCKED
    ), forgotten AS (
        DELETE FROM accounts_user u USING (SELECT DISTINCT id FROM stale) s
        WHERE u.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND u.id = s.id
        RETURNING u.id
    )
    SELECT (SELECT count(*) FROM stale), (SELECT count(*) FROM forgotten)
"""


def forget_unverified_accounts(*, now: datetime) -> int:
    """Delete accounts that were made UNVERIFIED_ACCOUNT_DAYS ago or earlier and never proved; returns how many.

    Staff stay, and so does whoever has a session or is a customer: orders belong to customers, and nobody is one
    before the address is proved. Orders that a guest placed with the same address are not touched. Writes one entry
    into the audit log for each batch. Locks the accounts and their addresses; those that are locked wait for the
    next time.
    """
    if not settings.UNVERIFIED_ACCOUNT_DAYS:
        return 0
    before = now - timedelta(days=settings.UNVERIFIED_ACCOUNT_DAYS)
    forgotten, found = 0, MOST
    while found == MOST:
        with transaction():
            row = tell(_FORGET, {"before": before, "now": now, "most": MOST})[0]
            found, deleted = int(row[0] or 0), int(row[1] or 0)
            if deleted:
                record(action="accounts.unverified_forgotten", object_type="user", after={"accounts": deleted})
        forgotten += deleted
    return forgotten
