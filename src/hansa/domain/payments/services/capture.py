"""Take money that is held for us."""

from datetime import datetime
from uuid import UUID

from hansa.domain.payments.errors import NotCapturable
from hansa.domain.payments.models import Payment
from hansa.domain.payments.selectors import get_payment
from hansa.domain.payments.services.apply_answer import apply_answer
from hansa.domain.payments.services.lock_payment import lock_payment
from hansa.domain.payments.services.questions import ask_about_payment
from hansa.domain.payments.services.schedule import FIRST_CHECK
from hansa.domain.payments.types import Outcome, ProviderAnswer, Settle
from hansa.kernel.money import Money
from hansa.kernel.transactions import transaction

_CAPTURABLE = {Payment.Status.AUTHORISED, Payment.Status.CAPTURED}


def capture(*, payment_id: UUID, amount: int, key: UUID, now: datetime, settle: Settle = apply_answer) -> None:
    """Take `amount` (minor units) of an authorised payment; several captures may take it in parts.

    The same `key` takes nothing twice. `settle` is called in a transaction with the provider's
    answer. Without an answer, `reconcile` finds out what became of it. Raises PaymentNotFound,
    NotCapturable, PaymentInsideTransaction. Locks the payment, not while the provider is asked.
    """
    with transaction():
        locked = lock_payment(payment_id)
        left = locked.amount - locked.captured_amount
        if locked.status not in _CAPTURABLE or not 0 < amount <= left:
            shown = Money(left if locked.status in _CAPTURABLE else 0, locked.currency).display()
            message = f"{shown} of this payment can be captured now."
            raise NotCapturable(message)
        Payment.objects.filter(pk=payment_id).update(next_check_at=now + FIRST_CHECK)
        payment = get_payment(payment_id)
    answer = ask_about_payment(
        provider=payment.provider,
        ask=lambda provider: provider.capture(payment, amount, key),
        amount=payment.amount,
        currency=payment.currency,
        allows_part=True,
    )
    is_refused = answer.outcome is Outcome.DECLINED
    with transaction():
        # Refused is not declined: the hold may have ended, or something else took it. We ask again.
        told = ProviderAnswer(Outcome.UNKNOWN) if is_refused else answer
        settle(payment_id=payment_id, answer=told, now=now)
    if is_refused:
        message = answer.message or "The provider refuses to capture this payment."
        raise NotCapturable(message)
