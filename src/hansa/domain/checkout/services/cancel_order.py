"""Cancel an order of which nothing has left the house."""

from datetime import datetime
from uuid import UUID

import structlog

from hansa.domain.checkout.errors import OrderNotCancellable
from hansa.domain.checkout.services.finish import finish_placed
from hansa.domain.checkout.services.refund_order import carry_out
from hansa.domain.checkout.services.settle import give_back, let_go
from hansa.domain.checkout.services.sweep import void_payments
from hansa.domain.events.services.record import record
from hansa.domain.inventory.selectors import has_shipped
from hansa.domain.orders.models import Status
from hansa.domain.orders.services.lock import lock_order
from hansa.domain.orders.services.move import move_order
from hansa.domain.payments.selectors import balance, list_payments, refundable_amount
from hansa.domain.payments.services.lock_payment import lock_payment
from hansa.domain.payments.services.refund import request_refund
from hansa.domain.payments.types import RefundView
from hansa.kernel.errors import DomainError
from hansa.kernel.transactions import transaction

_log = structlog.get_logger("hansa.checkout")


def cancel_order(*, order_id: UUID, actor: str, reason: str, now: datetime) -> list[RefundView]:
    """Cancel a paid or waiting order, give back what it held, and send back what was paid; returns the refunds.

    Of an order that was refunded in part the rest goes back. What has been sent is not cancelled.

    In one transaction: the order is cancelled, its charge reversed, promotions, gift cards and stock go
    back, and refunds of all captured money are reserved. After it the provider is asked: for the
    refunds, or to let go of a payment that has taken nothing. When the process dies in between, the worker
    goes on (`payments/handlers.py`, `checkout/handlers.py`). `reason` is for staff only.

    Raises OrderNotFound, OrderNotCancellable. Locks payments, order, promotions, gift cards,
    reservations, stock. Not inside a transaction. Events: order.cancelled.
    """
    with transaction():
        refund_ids = _cancel(order_id, actor, reason, now)
    try:
        void_payments(order_id=order_id, now=now)
    except DomainError as error:  # the order is cancelled; the handler of order.cancelled tries again
        _log.warning("void_postponed", order_id=str(order_id), reason=error.message)
    return carry_out(refund_ids, now=now)


def _cancel(order_id: UUID, actor: str, reason: str, now: datetime) -> list[UUID]:
    payment_ids = sorted(payment.id for payment in list_payments(order_id))
    for payment_id in payment_ids:
        lock_payment(payment_id)
    order = lock_order(order_id)
    was_paid = order.status != Status.PENDING_PAYMENT
    is_moved = move_order(
        order_id=order_id,
        to=Status.CANCELLED,
        kind="cancelled",
        actor=actor,
        message="Order cancelled",
        data={"reason": reason[:500]},
        now=now,
    )
    if not is_moved:
        message = f"Order {order} cannot be cancelled: it is {Status(order.status).label.lower()}."
        if order.status in {Status.FULFILLED, Status.PARTIALLY_FULFILLED}:
            message += " Refund it instead."
        raise OrderNotCancellable(message)
    give_back(order_id, now=now)
    record("order.cancelled", aggregate_id=order_id, payload={"order_id": str(order_id)}, now=now)
    finish_placed(order_id)
    books = balance(order_id)  # refunds have reversed their part of the charge
    charged = books.charged if books else 0
    let_go(order_id, reason="order cancelled", now=now, reopens_cart=not was_paid, charged=charged)
    if has_shipped(order_id):  # asked last: by now its reservations are locked
        message = f"Something of order {order} has been sent already. Refund it instead."
        raise OrderNotCancellable(message)
    return [
        request_refund(payment_id=payment_id, amount=amount, reason_code="order_cancelled", actor=actor, now=now)
        for payment_id in payment_ids
        if (amount := refundable_amount(payment_id))
    ]
