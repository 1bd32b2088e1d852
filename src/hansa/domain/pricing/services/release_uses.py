"""Give the uses of promotions back.

Note [Lock, then change]: the rows are locked by statements of their own. Within one statement the change would
begin at the version that its snapshot saw, not at the one that was just locked, and follow the chain from there
while others wait in it: a deadlock among orders that give the same voucher back. A new statement sees what is locked.
"""

from datetime import datetime
from uuid import UUID

from hansa.kernel.postgresql.batches import tell
from hansa.kernel.transactions import requires_transaction

_TENANT = "(SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)"

LOCK_PROMOTIONS_SQL = f"""
    SELECT p.id
    FROM pricing_promotion p
    WHERE p.tenant_id = {_TENANT} AND p.usage_limit IS NOT NULL AND p.id = ANY (ARRAY(
        SELECT u.promotion_id FROM pricing_promotionuse u
        WHERE u.tenant_id = {_TENANT} AND u.reference = %(reference)s::uuid AND u.released_at IS NULL))
    ORDER BY p.id
    FOR NO KEY UPDATE
"""  # noqa: S608  (only our own constants; values are bound)
LOCK_COUNTERS_SQL = f"""
    SELECT c.id
    FROM pricing_promotioncustomer c
    JOIN pricing_promotionuse u
        ON u.tenant_id = c.tenant_id AND u.promotion_id = c.promotion_id AND u.customer_key = c.customer_key
    WHERE c.tenant_id = {_TENANT} AND u.tenant_id = {_TENANT}
        AND u.reference = %(reference)s::uuid AND u.released_at IS NULL
    ORDER BY c.promotion_id
    FOR NO KEY UPDATE OF c
"""  # noqa: S608
RELEASE_SQL = f"""
    WITH released AS (
        UPDATE pricing_promotionuse u SET released_at = %(now)s::timestamptz
        WHERE u.tenant_id = {_TENANT} AND u.reference = %(reference)s::uuid AND u.released_at IS NULL
        RETURNING u.promotion_id, u.customer_key
    ), given_back AS (
        UPDATE pricing_promotion p SET uses = p.uses - 1
        FROM released r
        WHERE p.tenant_id = {_TENANT} AND p.id = r.promotion_id AND p.usage_limit IS NOT NULL AND p.uses > 0
        RETURNING p.id
    )
    UPDATE pricing_promotioncustomer c SET uses = c.uses - 1, usage_limit = greatest(c.usage_limit, c.uses - 1)
    FROM released r
    WHERE c.tenant_id = {_TENANT} AND c.promotion_id = r.promotion_id AND c.customer_key = r.customer_key AND c.uses > 0
"""  # noqa: S608


@requires_transaction
def release_uses(*, reference: UUID, now: datetime) -> None:
    """Give back what `reference` has redeemed; a second time changes nothing.

    In a `together()` it leaves with the others. Locks the promotions in id order, then the customer's
    counters, then the uses: see Note [Lock, then change].
    """
    tell(LOCK_PROMOTIONS_SQL, {"reference": reference})
    tell(LOCK_COUNTERS_SQL, {"reference": reference})
    tell(RELEASE_SQL, {"reference": reference, "now": now.isoformat()})
