"""Give the uses of promotions back."""

from datetime import datetime
from uuid import UUID

from hansa.kernel.postgresql.batches import tell
from hansa.kernel.transactions import requires_transaction

_TENANT = "(SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)"

RELEASE_SQL = f"""
    WITH released AS (
        UPDATE pricing_promotionuse u SET released_at = %(now)s::timestamptz
        WHERE u.tenant_id = {_TENANT} AND u.reference = %(reference)s::uuid AND u.released_at IS NULL
        RETURNING u.promotion_id, u.customer_key
    ), limited AS MATERIALIZED (
        SELECT p.id
        FROM pricing_promotion p
        WHERE p.tenant_id = {_TENANT} AND p.id = ANY (ARRAY(SELECT r.promotion_id FROM released r))
            AND p.usage_limit IS NOT NULL
        ORDER BY p.id
        FOR NO KEY UPDATE
    ), given_back AS (
        UPDATE pricing_promotion p SET uses = p.uses - 1
        FROM limited l WHERE p.tenant_id = {_TENANT} AND p.id = l.id AND p.uses > 0
        RETURNING p.id
    ), counters AS MATERIALIZED (
        SELECT c.id
        FROM pricing_promotioncustomer c
        JOIN released r ON r.promotion_id = c.promotion_id AND r.customer_key = c.customer_key
        LEFT JOIN given_back g ON g.id = r.promotion_id
        WHERE c.tenant_id = {_TENANT}
        ORDER BY c.promotion_id
        FOR NO KEY UPDATE OF c
    )
    UPDATE pricing_promotioncustomer c SET uses = c.uses - 1, usage_limit = greatest(c.usage_limit, c.uses - 1)
    FROM counters k WHERE c.tenant_id = {_TENANT} AND c.id = k.id AND c.uses > 0
"""  # noqa: S608  (only our own constants; values are bound)


@requires_transaction
def release_uses(*, reference: UUID, now: datetime) -> None:
    """Give back what `reference` has redeemed; a second time changes nothing.

    One statement; in a `together()` it leaves with the others. Locks the uses, then the promotions in
    id order, then the customer's counters.
    """
    tell(RELEASE_SQL, {"reference": reference, "now": now.isoformat()})
