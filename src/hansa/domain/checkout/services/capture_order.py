"""Take, or let go of, money that a provider holds for an order."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hansa.domain.checkout.services.settle import settle_payment
from hansa.domain.orders.models import Order, Status
from hansa.domain.orders.services.lock import lock_order
from hansa.domain.orders.services.move import note_on_order
from hansa.domain.payments.errors import NotCapturable, NotVoidable
from hansa.domain.payments.models import Payment
from hansa.domain.payments.selectors import captured_amount, get_payment, list_payments
from hansa.domain.payments.services.capture import capture
from hansa.domain.payments.services.void import void
from hansa.kernel.money import Money
from hansa.kernel.transactions import transaction

_OVER = {Status.PAYMENT_FAILED, Status.CANCELLED, Status.REFUNDED}


@dataclass(frozen=True, slots=True)
class Held:
    """A payment of which something can still be taken."""

    payment_id: UUID
    left: int
    """In minor units."""
    is_untouched: bool
    """Nothing of it was taken: it can be let go of."""


def find_held(order_id: UUID) -> Held | None:
    """Return the oldest payment of the order of which something is held, or None, also when the order is over."""
    if Order.objects.filter(pk=order_id, status__in=_OVER).exists():
        return None
    for payment in list_payments(order_id):
        if payment.status in {Payment.Status.AUTHORISED, Payment.Status.CAPTURED}:
            taken = captured_amount(payment.id)
            if taken < payment.amount:
                return Held(payment.id, payment.amount - taken, payment.status == Payment.Status.AUTHORISED)
    return None


def capture_order(*, order_id: UUID, amount: int, key: UUID, actor: str, now: datetime) -> bool:
    """Take `amount` (minor units) of what is held for the order, which is paid when all of it is taken.

    The same `key` takes nothing twice. Returns whether the provider has confirmed it: if not, the worker
    keeps asking. Raises OrderNotFound, NotCapturable. Locks payment and order, not while the provider is
    asked. Not inside a transaction. Events: those of `settle_payment`.
    """
    with transaction():
        order = lock_order(order_id)
        held = find_held(order_id)
        if held is None:
            message = f"Nothing is held for order {order} that could be captured."
            raise NotCapturable(message)
        before = captured_amount(held.payment_id)
    capture(payment_id=held.payment_id, amount=amount, key=key, now=now, settle=settle_payment)
    with transaction():
        is_taken = captured_amount(held.payment_id) > before
        shown = Money(amount, order.currency).display()
        message = f"{shown} captured" if is_taken else f"Capture of {shown} asked for"
        note_on_order(order_id=order_id, kind="captured", actor=actor, message=message, now=now)
    return is_taken


def void_order(*, order_id: UUID, actor: str, now: datetime) -> bool:
    """Let go of what is held for the order, which then is not paid; its stock, codes and gift cards are free again.

    Returns whether the provider has confirmed it: if not, the worker keeps asking. Raises OrderNotFound,
    NotVoidable. Locks payment and order, not while the provider is asked. Not inside a transaction. Events:
    those of `settle_payment`.
    """
    with transaction():
        order = lock_order(order_id)
        held = find_held(order_id)
        if held is None or not held.is_untouched:
            message = f"Nothing is held for order {order} that could be let go of. Refund what was captured."
            raise NotVoidable(message)
        note_on_order(order_id=order_id, kind="void_requested", actor=actor, message="Payment let go of", now=now)
    void(payment_id=held.payment_id, now=now, settle=settle_payment)
    with transaction():
        return get_payment(held.payment_id).status == Payment.Status.VOIDED
