"""Lock a payment and read how it stands, in one message."""

from dataclasses import dataclass
from uuid import UUID

from hansa.domain.payments.errors import PaymentNotFound
from hansa.kernel.postgresql.batches import ask_together
from hansa.kernel.transactions import requires_transaction

# Two statements, so that the second sees what was committed while the first waited for the lock.
_LOCK = """
    SELECT reference, provider, method, amount, currency, status, provider_reference, attempts, mismatch
    FROM payments_payment
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND id = %(id)s
    FOR NO KEY UPDATE
"""
_CAPTURED = """
    SELECT coalesce(sum(amount), 0) FROM payments_ledgerentry
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND payment_id = %(id)s AND kind = 'capture'
"""


@dataclass(frozen=True, slots=True)
class LockedPayment:
    """A payment that nobody else changes until our transaction ends."""

    id: UUID
    reference: UUID
    provider: str
    method: str
    amount: int
    currency: str
    status: str
    provider_reference: str
    attempts: int
    mismatch: str
    captured_amount: int


@requires_transaction
def lock_payment(payment_id: UUID) -> LockedPayment:
    """Lock the payment until the transaction ends. Raises PaymentNotFound."""
    rows, sums = ask_together([(_LOCK, {"id": payment_id}), (_CAPTURED, {"id": payment_id})])
    if not rows:
        message = f"There is no payment {payment_id}."
        raise PaymentNotFound(message)
    reference, provider, method, amount, currency, status, provider_reference, attempts, mismatch = (
        value or "" for value in rows[0]
    )
    return LockedPayment(
        id=payment_id,
        reference=UUID(reference),
        provider=provider,
        method=method,
        amount=int(amount),
        currency=currency,
        status=status,
        provider_reference=provider_reference,
        attempts=int(attempts),
        mismatch=mismatch,
        captured_amount=int(sums[0][0] or 0),
    )
