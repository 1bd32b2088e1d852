"""Enter what the customer owes for a reference, and take it back."""

from datetime import datetime
from uuid import UUID

from hansa.domain.payments.models import LedgerEntry
from hansa.domain.payments.services.ledger import CUSTOMER, SALES, enter


def charge(*, reference: UUID, amount: int, currency: str, now: datetime, source: str = "placed") -> None:
    """Enter that the customer owes `amount` (minor units, above zero) for the reference.

    Once per source. Needs the caller's transaction; joins its `together()` block.
    """
    enter(
        kind=LedgerEntry.Kind.CHARGE,
        debit=CUSTOMER,
        credit=SALES,
        reference=reference,
        amount=amount,
        currency=currency,
        source=source,
        now=now,
    )


def reverse_charge(*, reference: UUID, amount: int, currency: str, now: datetime, source: str = "cancelled") -> None:
    """Enter that the customer no longer owes `amount`: the order was cancelled, or a line of it was.

    Once per source. Needs the caller's transaction; joins its `together()` block.
    """
    enter(
        kind=LedgerEntry.Kind.CHARGE_REVERSAL,
        debit=SALES,
        credit=CUSTOMER,
        reference=reference,
        amount=amount,
        currency=currency,
        source=source,
        now=now,
    )
