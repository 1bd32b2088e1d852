"""Ask the provider what became of a payment."""

from datetime import datetime
from uuid import UUID

from hansa.domain.payments.models import Payment
from hansa.domain.payments.selectors import get_payment
from hansa.domain.payments.services.questions import ask_about_payment
from hansa.domain.payments.services.schedule import FIRST_CHECK
from hansa.domain.payments.types import ProviderAnswer
from hansa.kernel.transactions import transaction

_MAY_BE_PARTLY_CAPTURED = {Payment.Status.AUTHORISED, Payment.Status.CAPTURED, Payment.Status.VOIDED}


def look_up(*, payment_id: UUID, now: datetime) -> ProviderAnswer:
    """Return what the provider says now; settle it in a transaction (`apply_answer`) afterwards.

    Meanwhile other workers leave the payment alone for FIRST_CHECK. Raises PaymentNotFound,
    PaymentInsideTransaction, UnknownProvider.
    """
    with transaction():
        payment = get_payment(payment_id)
        Payment.objects.filter(pk=payment_id).update(next_check_at=now + FIRST_CHECK)
    return ask_about_payment(
        provider=payment.provider,
        ask=lambda provider: provider.find(payment),
        amount=payment.amount,
        currency=payment.currency,
        allows_part=payment.status in _MAY_BE_PARTLY_CAPTURED,
    )
