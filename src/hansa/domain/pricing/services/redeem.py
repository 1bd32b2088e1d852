"""Redeem promotions.

Note [Redeeming]: a CHECK decides (`uses <= usage_limit`), not a question asked before. One statement
  1. holds the promotions as they are now (FOR KEY SHARE, in id order), which waits for whoever is just
     giving one of them a limit,
  2. notes the uses; what this reference has used already is left alone, so redeeming twice is once,
  3. counts those with a limit, in id order, and those with a limit per customer, so that the loser of a
     race violates the CHECK.
A promotion without limits is counted nowhere: its row would be the hottest of the shop. Giving it a limit
later counts its uses (`save_promotion`).
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hansa.domain.pricing.services.violations import named_violations
from hansa.kernel.postgresql.batches import tell
from hansa.kernel.postgresql.statements import Json
from hansa.kernel.transactions import requires_transaction

_TENANT = "(SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)"

REDEEM_SQL = f"""
    WITH held AS MATERIALIZED (
        SELECT p.id, p.usage_limit, p.usage_limit_per_customer
        FROM pricing_promotion p
        WHERE p.tenant_id = {_TENANT}
            AND p.id = ANY (ARRAY(SELECT value::uuid FROM jsonb_array_elements_text(%(promotion_ids)s::jsonb)))
        ORDER BY p.id
        FOR KEY SHARE
    ), used AS (
        INSERT INTO pricing_promotionuse (id, promotion_id, reference, customer_key, used_at)
        SELECT gen_random_uuid(), h.id, %(reference)s::uuid, %(customer_key)s, %(now)s::timestamptz
        FROM held h ORDER BY h.id
        ON CONFLICT (tenant_id, reference, promotion_id) WHERE released_at IS NULL DO NOTHING
        RETURNING promotion_id
    ), limited AS MATERIALIZED (
        SELECT p.id
        FROM pricing_promotion p
        WHERE p.tenant_id = {_TENANT} AND p.id = ANY (ARRAY(
            SELECT h.id FROM held h JOIN used u ON u.promotion_id = h.id WHERE h.usage_limit IS NOT NULL))
        ORDER BY p.id
        FOR NO KEY UPDATE
    ), counted AS (
        UPDATE pricing_promotion p SET uses = p.uses + 1
        FROM limited l WHERE p.tenant_id = {_TENANT} AND p.id = l.id
        RETURNING p.id
    )
    INSERT INTO pricing_promotioncustomer AS c (id, promotion_id, customer_key, uses, usage_limit)
    SELECT gen_random_uuid(), h.id, %(customer_key)s, 1, h.usage_limit_per_customer
    FROM held h JOIN used u ON u.promotion_id = h.id LEFT JOIN counted ON counted.id = h.id
    WHERE h.usage_limit_per_customer IS NOT NULL
    ORDER BY h.id
    ON CONFLICT (tenant_id, promotion_id, customer_key)
        DO UPDATE SET uses = c.uses + 1, usage_limit = excluded.usage_limit
"""  # noqa: S608  (only our own constants; values are bound)


@requires_transaction
def redeem(*, reference: UUID, promotion_ids: Collection[UUID], customer_key: str, now: datetime) -> None:
    """Use these promotions once each for `reference`, or none of them.

    `reference` is whatever uses them, an order; `customer_key` is its e-mail address in any case. One
    statement; in a `together()` it leaves with the others. Raises PromotionUsedUp, which ends the
    transaction; inside `together()` its end raises IntegrityError, and `named_violations()` around it
    makes that PromotionUsedUp. Locks the promotions in id order, then the customer's counters.
    """
    if not promotion_ids:
        return
    with named_violations():
        tell(
            REDEEM_SQL,
            {
                "promotion_ids": Json(sorted(str(promotion_id) for promotion_id in promotion_ids)),
                "reference": reference,
                "customer_key": customer_key.strip().lower(),
                "now": now.isoformat(),
            },
        )
