"""Take a shopper's decision about a payment, where the provider leaves that to a page of the shop."""

from datetime import datetime
from uuid import UUID

from hansa.domain.payments.errors import NotDecidable
from hansa.domain.payments.models import Payment
from hansa.domain.payments.providers import DecidesHere, get_provider
from hansa.domain.payments.selectors import get_payment
from hansa.domain.payments.services.apply_answer import apply_answer
from hansa.domain.payments.services.receive_event import Received, receive_event
from hansa.domain.payments.types import Settle
from hansa.kernel.transactions import transaction


def confirm_payment(*, payment_id: UUID, is_approved: bool, now: datetime, settle: Settle = apply_answer) -> Received:
    """Tell the provider what the shopper decided, and take in the callback that it answers with.

    Raises PaymentNotFound, NotDecidable. Locks as `receive_event` does. Not inside a transaction.
    """
    with transaction():
        payment = get_payment(payment_id)
    provider = get_provider(payment.provider)
    is_waiting = payment.status in {Payment.Status.CREATED, Payment.Status.PENDING}
    if not isinstance(provider, DecidesHere) or not is_waiting:
        message = "This payment does not wait for a decision here."
        raise NotDecidable(message)
    told = provider.decide(payment, is_approved=is_approved)
    return receive_event(provider=payment.provider, body=told.body, headers=told.headers, now=now, settle=settle)
