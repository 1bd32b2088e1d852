"""Write the ledger."""

from datetime import datetime
from uuid import UUID

from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import tell

CUSTOMER = "customer"
SALES = "sales"
GIFT_CARDS = "gift_cards"
GIFT_CARD_SALES = "gift_card_sales"

_INSERT = """
    INSERT INTO payments_ledgerentry
        (id, reference, payment_id, debit, credit, amount, currency, kind, source, created_at)
    VALUES
        (%(id)s, %(reference)s, %(payment_id)s, %(debit)s, %(credit)s, %(amount)s, %(currency)s, %(kind)s,
         %(source)s, %(now)s)
"""


def enter(  # noqa: PLR0913  (the columns of an entry)
    *,
    kind: str,
    debit: str,
    credit: str,
    reference: UUID,
    amount: int,
    currency: str,
    source: str,
    now: datetime,
    payment_id: UUID | None = None,
) -> None:
    """Enter that `amount` went from one account to another, once per reference, kind and source.

    Needs the caller's transaction; joins its `together()` block. A second entry of the same raises
    IntegrityError: whoever enters has made sure, under a lock, that it is new.
    """
    tell(
        _INSERT,
        {
            "id": uuid7(),
            "reference": reference,
            "payment_id": payment_id,
            "debit": debit,
            "credit": credit,
            "amount": amount,
            "currency": currency,
            "kind": kind,
            "source": source,
            "now": now,
        },
    )
