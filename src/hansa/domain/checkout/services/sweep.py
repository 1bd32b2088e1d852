"""Bring every interrupted checkout to a legal end.

What can be left behind, and who finds it:
* a payment whose answer nobody settled (a killed process, a time-out): `settle_due_payments` asks the
  provider what became of it;
* an order whose time to pay is over: its stock was released (`inventory`), and the event of that
  cancels it (`checkout/handlers.py`);
* a payment that the buyer left at the bank: it is voided when its order has been cancelled;
* money for an order that is no longer there: the event `checkout.unwanted_payment` sends it back.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from hansa.domain.checkout.models import IdempotencyKey
from hansa.domain.checkout.services.settle import cancel_unpaid, settle_payment
from hansa.domain.orders.models import Order, Status
from hansa.domain.payments.models import Payment
from hansa.domain.payments.selectors import get_payment, list_payments, refundable_amount
from hansa.domain.payments.services.reconcile import reconcile
from hansa.domain.payments.services.refund import refund
from hansa.domain.payments.services.void import void
from hansa.domain.payments.types import ProviderAnswer
from hansa.kernel.errors import Unavailable
from hansa.kernel.transactions import transaction

_OPEN = {Payment.Status.CREATED, Payment.Status.PENDING}
_VOIDABLE = _OPEN | {Payment.Status.AUTHORISED}


def settle_due_payments(*, now: datetime) -> int:
    """Ask what became of the payments that are due, and settle each; returns how many. Not in a transaction."""
    return reconcile(now=now, settle=_settle_or_give_up)


def _settle_or_give_up(*, payment_id: UUID, answer: ProviderAnswer, now: datetime) -> None:
    """Settle the payment; when nobody has paid in twice the time that stock is held for, cancel the order.

    Most such orders have been cancelled with their stock (`expire_order`): this is for those that hold none.
    """
    order_id = settle_payment(payment_id=payment_id, answer=answer, now=now).order_id
    if get_payment(payment_id).status not in _OPEN:
        return
    too_old = now - timedelta(seconds=2 * settings.RESERVATION_SECONDS)
    if Order.objects.filter(pk=order_id, status=Status.PENDING_PAYMENT, placed_at__lte=too_old).exists():
        cancel_unpaid(order_id, message="Nobody paid in time", now=now)


def void_payments(*, order_id: UUID, now: datetime) -> None:
    """Void what is open of a cancelled order's payments, so that nobody can pay it any more.

    Money that came in the meantime is sent back. Not in a transaction. Raises Unavailable when the
    provider does not say: then it is to be tried again.
    """
    with transaction():
        waiting = [payment for payment in list_payments(order_id) if payment.status in _VOIDABLE]
    for payment in waiting:
        void(payment_id=payment.id, now=now, settle=settle_payment)
        with transaction():
            is_open = get_payment(payment.id).status in _VOIDABLE
        if is_open:
            message = f"The provider has not voided payment {payment.id} yet."
            raise Unavailable(message)


def expire_order(*, order_id: UUID, now: datetime) -> bool:
    """Cancel an order whose stock was released because nobody paid; returns whether it was still waiting."""
    with transaction():
        return cancel_unpaid(order_id, message="Nobody paid in time; the goods are for sale again", now=now)


def send_back(*, payment_id: UUID, now: datetime) -> None:
    """Refund what is captured of a payment that no order wants; again it does nothing. Not in a transaction."""
    with transaction():
        amount = refundable_amount(payment_id)
    if amount:
        refund(payment_id=payment_id, amount=amount, reason_code="order_expired", actor="system", now=now)


def forget_old_keys(*, now: datetime) -> int:
    """Delete idempotency keys that have served their day; returns how many."""
    with transaction():
        deleted, _ = IdempotencyKey.objects.filter(expires_at__lte=now).delete()
    return deleted
