"""Bring every interrupted checkout to a legal end.

What can be left behind, and who finds it:
* a payment whose answer nobody settled (a killed process, a time-out): `settle_due_payments` asks the
  provider what became of it;
* an order whose time to pay is over: its stock was released (`inventory`), and the event of that
  cancels it (`checkout/handlers.py`);
* money for an order that is no longer there: the event `checkout.unwanted_payment` sends it back.
"""

from datetime import datetime
from uuid import UUID

from hansa.domain.checkout.models import IdempotencyKey
from hansa.domain.checkout.services.settle import cancel_unpaid, settle_payment
from hansa.domain.payments.models import Payment
from hansa.domain.payments.selectors import list_payments, refundable_amount
from hansa.domain.payments.services.reconcile import reconcile
from hansa.domain.payments.services.refund import refund
from hansa.domain.payments.services.void import void
from hansa.kernel.transactions import transaction


def settle_due_payments(*, now: datetime) -> int:
    """Ask what became of the payments that are due, and settle each; returns how many. Not in a transaction."""
    return reconcile(now=now, settle=settle_payment)


def expire_order(*, order_id: UUID, now: datetime) -> bool:
    """Cancel an order whose stock was released because nobody paid; returns whether it was still waiting."""
    with transaction():
        return cancel_unpaid(order_id, message="Nobody paid in time; the goods are for sale again", now=now)


def let_go_of_payments(*, order_id: UUID, now: datetime) -> int:
    """Void the payments of a cancelled order that nobody has decided yet; returns how many. Not in a transaction.

    What turns out to be paid meanwhile is settled, and so sent back.
    """
    with transaction():
        open_payments = [
            payment.id
            for payment in list_payments(order_id)
            if payment.status in {Payment.Status.CREATED, Payment.Status.PENDING, Payment.Status.AUTHORISED}
        ]
    for payment_id in open_payments:
        void(payment_id=payment_id, now=now, settle=settle_payment)
    return len(open_payments)


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
