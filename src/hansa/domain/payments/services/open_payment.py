"""Open a payment: the row that must exist before a provider is asked."""

from datetime import datetime
from uuid import UUID

from hansa.domain.payments.services.schedule import FIRST_CHECK
from hansa.kernel.postgresql.batches import tell

_INSERT = """
    INSERT INTO payments_payment
        (id, reference, provider, method, amount, currency, next_check_at, created_at, updated_at)
    VALUES
        (%(id)s, %(reference)s, %(provider)s, %(method)s, %(amount)s, %(currency)s, %(next_check_at)s,
         %(now)s::timestamptz, %(now)s::timestamptz)
"""


def open_payment(
    *, payment_id: UUID, reference: UUID, provider: str, method: str, amount: int, currency: str, now: datetime
) -> None:
    """Write a payment of `amount` (minor units, above zero) with the status `created`.

    Needs the caller's transaction and joins its `together()` block. When nobody settles it (the
    process died), `reconcile` asks the provider after FIRST_CHECK.
    """
    tell(
        _INSERT,
        {
            "id": payment_id,
            "reference": reference,
            "provider": provider,
            "method": method,
            "amount": amount,
            "currency": currency,
            "next_check_at": now + FIRST_CHECK,
            "now": now,
        },
    )
