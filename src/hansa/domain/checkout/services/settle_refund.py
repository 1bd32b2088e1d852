"""Draw the consequences of a refund for its order."""

from datetime import datetime
from typing import Any
from uuid import UUID

from hansa.domain.events.services.record import record
from hansa.domain.orders.errors import OrderNotFound
from hansa.domain.orders.models import Order, Status
from hansa.domain.orders.services.lock import lock_order
from hansa.domain.orders.services.move import move_order, note_on_order
from hansa.domain.payments.models import Refund
from hansa.domain.payments.selectors import balance, get_payment, get_refund
from hansa.domain.payments.services.charge import charge, reverse_charge
from hansa.domain.payments.types import RefundView
from hansa.kernel.money import Money
from hansa.kernel.transactions import requires_transaction, transaction


def settle_refund(*, refund_id: UUID, now: datetime) -> None:
    """Write into the order what became of a refund, once, and move it to where its books say it is.

    Whoever asked for the refund: staff here, or somebody at the provider. A refund that is under way
    changes nothing yet. Raises RefundNotFound. Locks the order. Events: order.refunded.
    """
    with transaction():
        refund = get_refund(refund_id)
        payment = get_payment(refund.payment_id)
        if refund.status == Refund.Status.CREATED:
            return
        try:
            order = lock_order(payment.reference)
        except OrderNotFound:
            return  # a payment for something else than an order
        entries = order.timeline.filter(kind__in=("refunded", "refund_failed")).values_list("kind", "data")
        told = {kind for kind, data in entries if data.get("refund_id") == str(refund_id)}
        data = {"refund_id": str(refund_id), "amount": refund.amount, "reason_code": refund.reason_code}
        if refund.status == Refund.Status.SUCCEEDED and not told:
            amount = Money(refund.amount, order.currency).display()
            _move(order, f"{amount} refunded", refund.created_by, data, now)
        elif refund.status == Refund.Status.FAILED and "refund_failed" not in told:
            _tell_failure(order, refund, payment.provider, data, now)
            if "refunded" in told and order.status != Status.CANCELLED:
                source = f"refund_failed:{refund_id}"
                charge(reference=order.pk, amount=refund.amount, currency=order.currency, source=source, now=now)


def _tell_failure(order: Order, refund: RefundView, provider: str, data: dict[str, Any], now: datetime) -> None:
    amount = Money(refund.amount, order.currency).display()
    message = f"The refund of {amount} failed. {refund.message}".strip()[:500]
    actor = f"provider:{provider}"
    note_on_order(order_id=order.pk, kind="refund_failed", actor=actor, message=message, data=data, now=now)


@requires_transaction
def note_gift_card_return(order: Order, amount: int, actor: str, now: datetime) -> None:
    """Say that gift cards got back what they had paid, and move the order; it is locked. Events: order.refunded."""
    message = f"{Money(amount, order.currency).display()} returned to gift cards"
    _move(order, message, actor, {"gift_cards": True, "amount": amount}, now)


def _move(order: Order, message: str, actor: str, data: dict[str, Any], now: datetime) -> None:
    if order.status != Status.CANCELLED:  # whose charge was reversed as a whole
        source = f"refund:{data.get('refund_id', 'gift_cards')}"
        reverse_charge(reference=order.pk, amount=data["amount"], currency=order.currency, source=source, now=now)
    books = balance(order.pk)
    to = Status.REFUNDED if books is None or books.paid <= 0 else Status.PARTIALLY_REFUNDED
    if not move_order(order_id=order.pk, to=to, kind="refunded", actor=actor, message=message, data=data, now=now):
        note_on_order(order_id=order.pk, kind="refunded", actor=actor, message=message, data=data, now=now)
    record("order.refunded", aggregate_id=order.pk, payload={"order_id": str(order.pk), **data}, now=now)
