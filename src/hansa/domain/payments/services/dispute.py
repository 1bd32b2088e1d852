"""Note that a shopper's bank disputes a payment."""

from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Least

from hansa.domain.events.services.record import record
from hansa.domain.payments.models import Payment
from hansa.domain.payments.services.lock_payment import lock_payment
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def note_dispute(*, payment_id: UUID, amount: int | None, occurred_at: datetime, now: datetime) -> None:
    """Note the first dispute of the payment; what moves in the end, the provider tells as refunds.

    Raises PaymentNotFound. Locks the payment. Event, once: payment.disputed.
    """
    payment = lock_payment(payment_id)
    row = Payment.objects.filter(pk=payment_id)
    is_first = row.filter(disputed_at=None).update(disputed_at=occurred_at, updated_at=now) == 1
    if not is_first:
        row.update(disputed_at=Least(F("disputed_at"), occurred_at))
        return
    record(
        "payment.disputed",
        aggregate_id=payment_id,
        payload={
            "payment_id": str(payment_id),
            "reference": str(payment.reference),
            "provider": payment.provider,
            "amount": amount,
            "currency": payment.currency,
        },
        now=now,
    )
