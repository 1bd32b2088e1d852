"""What the checkout does about events from below, and again and again."""

from datetime import datetime
from uuid import UUID

from hansa.domain.checkout.services.settle_refund import settle_refund
from hansa.domain.checkout.services.sweep import (
    expire_order,
    forget_old_keys,
    send_back,
    settle_due_payments,
    void_payments,
)
from hansa.domain.events.registry import handles
from hansa.domain.events.types import HappenedEvent
from hansa.domain.work.registry import duty


@handles("stock.released")
def cancel_unpaid_order(event: HappenedEvent) -> None:
    """Cancel the order whose stock was released because its time was over."""
    expire_order(order_id=event.aggregate_id, now=event.handled_at)


@handles("order.cancelled")
def void_open_payments(event: HappenedEvent) -> None:
    """Let nobody pay for an order that was cancelled."""
    void_payments(order_id=event.aggregate_id, now=event.handled_at)


@handles("checkout.unwanted_payment")
def send_money_back(event: HappenedEvent) -> None:
    """Refund money that came for an order which had expired, or let go of it when it is only held."""
    void_payments(order_id=event.aggregate_id, now=event.handled_at)
    send_back(payment_id=UUID(event.payload["payment_id"]), now=event.handled_at)


@handles("payment.refunded", "payment.refund_failed")
def tell_order_of_refund(event: HappenedEvent) -> None:
    """Let the order know what became of a refund, whoever asked for it."""
    settle_refund(refund_id=UUID(event.payload["refund_id"]), now=event.handled_at)


@duty(due="payments_payment_due")
def reconcile_payments(now: datetime) -> None:
    """Find out what became of payments that nobody settled."""
    settle_due_payments(now=now)


@duty(due="checkout_idempotencykey_due")
def forget_keys(now: datetime) -> None:
    """Forget idempotency keys that have served their day."""
    forget_old_keys(now=now)
