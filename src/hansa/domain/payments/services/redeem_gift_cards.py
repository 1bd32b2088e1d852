"""Pay with gift cards."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hansa.domain.payments.codes import fingerprint
from hansa.domain.payments.errors import TooManyGiftCards
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import ask_together
from hansa.kernel.postgresql.statements import Json
from hansa.kernel.transactions import requires_transaction

MAX_GIFT_CARDS = 10

# Two statements in one message: the first takes the locks, in id order, which is the order of all who
# lock several cards; the second sees what was committed while the first waited. (Tried as one statement:
# under load it took more than was left, and the CHECK refused it.)
_LOCK = """
    SELECT id FROM payments_giftcard
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND code_fingerprint IN (
            SELECT w.fingerprint FROM jsonb_to_recordset(%(wanted)s::jsonb) AS w (fingerprint text)
        )
    ORDER BY id FOR NO KEY UPDATE
"""
_REDEEM = """
    WITH cards AS (
        SELECT g.id, g.balance, w.entry_id, w.ledger_id
        FROM payments_giftcard g
        JOIN jsonb_to_recordset(%(wanted)s::jsonb) AS w (fingerprint text, entry_id uuid, ledger_id uuid)
            ON w.fingerprint = g.code_fingerprint
        WHERE g.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND g.currency = %(currency)s::text AND g.is_active AND g.balance > 0
            AND (g.expires_at IS NULL OR g.expires_at > %(now)s::timestamptz)
    ), shares AS (
        SELECT id, entry_id, ledger_id, least(
            balance,
            %(most)s::bigint - coalesce(
                sum(balance) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0
            )
        )::bigint AS amount
        FROM cards
    ), taken AS (
        UPDATE payments_giftcard g SET balance = g.balance - s.amount, updated_at = %(now)s::timestamptz
        FROM shares s
        WHERE g.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND g.id = s.id AND s.amount > 0
        RETURNING g.id, s.entry_id, s.ledger_id, s.amount
    ), entries AS (
        INSERT INTO payments_giftcardentry (id, gift_card_id, kind, reference, amount, created_at)
        SELECT entry_id, id, 'redeem', %(reference)s::uuid, -amount, %(now)s::timestamptz FROM taken
    ), ledger AS (
        INSERT INTO payments_ledgerentry
            (id, reference, debit, credit, amount, currency, kind, source, created_at)
        SELECT ledger_id, %(reference)s::uuid, 'gift_cards', 'customer', amount, %(currency)s::text, 'gift_card',
            id::text, %(now)s::timestamptz
        FROM taken
    )
    SELECT id, amount FROM taken ORDER BY id
"""


@requires_transaction
def redeem_gift_cards(
    *, reference: UUID, codes: Collection[str], most: int, currency: str, now: datetime
) -> list[tuple[UUID, int]]:
    """Take up to `most` (minor units) from the gift cards, and return each card's id and what it gave.

    In id order, one message. A card that is unknown, expired, empty, switched off or in another
    currency gives nothing, so compare the sum with what you counted on. Once per card and
    reference: a second time raises IntegrityError. Not inside `together()`. Raises
    TooManyGiftCards. Locks the cards.
    """
    fingerprints = {fingerprint(code) for code in codes}
    if len(fingerprints) > MAX_GIFT_CARDS:
        message = f"An order takes at most {MAX_GIFT_CARDS} gift cards."
        raise TooManyGiftCards(message)
    if not fingerprints or most <= 0:
        return []
    wanted = [{"fingerprint": one, "entry_id": uuid7(), "ledger_id": uuid7()} for one in sorted(fingerprints)]
    known = {"reference": reference, "wanted": Json(wanted), "most": most, "currency": currency, "now": now}
    _, rows = ask_together([(_LOCK, known), (_REDEEM, known)])
    return [(UUID(card), int(amount)) for card, amount in rows if card and amount]
