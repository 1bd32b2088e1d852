"""Give back what gift cards paid for."""

from datetime import datetime
from uuid import UUID

from hansa.kernel.postgresql.batches import tell

_RETURN = """
    WITH redeemed AS (
        SELECT e.gift_card_id, -e.amount AS amount FROM payments_giftcardentry e
        WHERE e.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND e.reference = %(reference)s::uuid AND e.kind = 'redeem'
    ), cards AS (
        SELECT g.id, g.currency, r.amount FROM payments_giftcard g JOIN redeemed r ON r.gift_card_id = g.id
        WHERE g.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        ORDER BY g.id FOR NO KEY UPDATE OF g
    ), entries AS (
        INSERT INTO payments_giftcardentry (id, gift_card_id, kind, reference, amount, created_at)
        SELECT gen_random_uuid(), id, 'return', %(reference)s::uuid, amount, %(now)s::timestamptz FROM cards
        ON CONFLICT (tenant_id, gift_card_id, reference, kind) DO NOTHING
        RETURNING gift_card_id, amount
    ), ledger AS (
        INSERT INTO payments_ledgerentry
            (id, reference, debit, credit, amount, currency, kind, source, created_at)
        SELECT gen_random_uuid(), %(reference)s::uuid, 'customer', 'gift_cards', e.amount, c.currency,
            'gift_card_return', c.id::text, %(now)s::timestamptz
        FROM entries e JOIN cards c ON c.id = e.gift_card_id
    )
    UPDATE payments_giftcard g SET balance = g.balance + e.amount, updated_at = %(now)s::timestamptz
    FROM entries e
    WHERE g.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND g.id = e.gift_card_id
"""


def return_gift_cards(*, reference: UUID, now: datetime) -> None:
    """Put back what gift cards gave for the reference; a second time does nothing.

    One statement. Needs the caller's transaction; joins its `together()` block. Locks the cards, in
    id order.
    """
    tell(_RETURN, {"reference": reference, "now": now})
