"""Let go of a payment that has taken no money."""

from datetime import datetime
from uuid import UUID

from hansa.domain.payments.errors import NotVoidable
from hansa.domain.payments.models import Payment
from hansa.domain.payments.selectors import get_payment
from hansa.domain.payments.services.apply_answer import apply_answer
from hansa.domain.payments.services.lock_payment import lock_payment
from hansa.domain.payments.services.questions import ask_about_payment
from hansa.domain.payments.services.schedule import FIRST_CHECK
from hansa.domain.payments.types import Settle
from hansa.kernel.transactions import transaction

_OVER = {Payment.Status.DECLINED, Payment.Status.VOIDED}


def void(*, payment_id: UUID, now: datetime, settle: Settle = apply_answer) -> None:
    """Let go of what is held, or of a payment that waits for the shopper; nothing can be taken afterwards.

    `settle` is called in a transaction with the provider's answer, which may also be that the money
    was taken in the meantime. A payment that is over already is left as it is. Raises
    PaymentNotFound, NotVoidable, PaymentInsideTransaction. Locks the payment, not while the provider
    is asked.
    """
    with transaction():
        locked = lock_payment(payment_id)
        if locked.captured_amount:
            message = "Money of this payment has been captured already. Refund it instead."
            raise NotVoidable(message)
        if locked.status in _OVER:
            return
        Payment.objects.filter(pk=payment_id).update(next_check_at=now + FIRST_CHECK)
        payment = get_payment(payment_id)
    answer = ask_about_payment(
        provider=payment.provider,
        ask=lambda provider: provider.void(payment, payment_id),
        amount=payment.amount,
        currency=payment.currency,
        allows_part=True,
    )
    with transaction():
        settle(payment_id=payment_id, answer=answer, now=now)
