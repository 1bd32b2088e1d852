"""Refund an order, in part or all that is left."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from hansa.domain.checkout.errors import OrderNotRefundable
from hansa.domain.checkout.services.refund_lines import claim_lines, restock_lines
from hansa.domain.checkout.services.settle_refund import note_gift_card_return, settle_refund
from hansa.domain.checkout.types import RefundLine
from hansa.domain.orders.models import Order, Status
from hansa.domain.orders.services.lock import lock_order
from hansa.domain.orders.services.move import note_on_order
from hansa.domain.payments.selectors import balance, list_payments, refundable_amount
from hansa.domain.payments.services.lock_payment import lock_payment
from hansa.domain.payments.services.refund import carry_out_refund, request_refund
from hansa.domain.payments.services.return_gift_cards import return_gift_cards
from hansa.domain.payments.types import RefundView
from hansa.kernel.errors import DomainError
from hansa.kernel.money import Money
from hansa.kernel.transactions import transaction

_NEVER_PAID = {Status.PENDING_PAYMENT, Status.PAYMENT_FAILED}
_log = structlog.get_logger("hansa.checkout")


@dataclass(frozen=True, slots=True)
class Refundable:
    """What of an order can still go back, in minor units of its currency."""

    by_payment: tuple[tuple[UUID, int], ...]
    gift_cards: int
    currency: str

    @property
    def payments(self) -> int:
        """What can go back by the way it was paid."""
        return sum(amount for _, amount in self.by_payment)

    @property
    def total(self) -> int:
        """All of it."""
        return self.payments + self.gift_cards


def refund_order(
    *,
    order_id: UUID,
    reason_code: str,
    actor: str,
    now: datetime,
    amount: int | None = None,
    lines: Collection[RefundLine] = (),
) -> list[RefundView]:
    """Send money of an order back, and return the refunds as they stand.

    `amount` in minor units; None: what the `lines` come to, or without lines all that is left. It is
    never more than captured − refunded: it is reserved in one transaction, asked for outside, and the
    order moves when the provider has said yes. What gift cards paid goes back onto them only as a
    whole, after everything else. Lines marked so are put back on the shelf, if they had been shipped.

    Raises OrderNotFound, OrderNotRefundable, InvalidRefundLines, InvalidRefund. Locks payments, order,
    gift cards, stock. Not inside a transaction. Events: order.refunded, when the money is back.
    """
    with transaction():
        refund_ids = _reserve(order_id, amount, lines, reason_code, actor, now)
    return carry_out(refund_ids, now=now)


def refundable(order_id: UUID) -> Refundable:
    """Return what of the order can still go back."""
    payments = list_payments(order_id)
    by_payment = tuple((payment.id, refundable_amount(payment.id)) for payment in payments)
    books = balance(order_id)
    return Refundable(
        by_payment=tuple((payment_id, amount) for payment_id, amount in by_payment if amount > 0),
        gift_cards=max(books.gift_cards, 0) if books else 0,
        currency=books.currency if books else "",
    )


def _reserve(
    order_id: UUID, amount: int | None, lines: Collection[RefundLine], reason_code: str, actor: str, now: datetime
) -> list[UUID]:
    for payment_id in sorted(payment.id for payment in list_payments(order_id)):
        lock_payment(payment_id)
    order = lock_order(order_id)
    if order.status in _NEVER_PAID:
        message = f"Order {order} cannot be refunded: it is {Status(order.status).label.lower()}."
        raise OrderNotRefundable(message)
    left = refundable(order_id)
    worth = claim_lines(order, lines)
    if amount is None:
        amount = min(worth, left.total) if lines else left.total
    _check_amount(order, amount, left)
    from_gift_cards = left.gift_cards if amount > left.payments else 0
    refund_ids = []
    rest = amount - from_gift_cards
    for payment_id, most in left.by_payment:
        if part := min(rest, most):
            refund_ids.append(
                request_refund(payment_id=payment_id, amount=part, reason_code=reason_code, actor=actor, now=now)
            )
            rest -= part
    note_on_order(
        order_id=order_id,
        kind="refund_requested",
        actor=actor,
        message=f"Refund of {Money(amount, order.currency).display()} begun",
        data={
            "reason_code": reason_code,
            "amount": amount,
            "refund_ids": [str(refund_id) for refund_id in refund_ids],
            "lines": [{"line_id": str(line.line_id), "quantity": line.quantity} for line in lines],
        },
        now=now,
    )
    if from_gift_cards:
        return_gift_cards(reference=order_id, now=now)
        note_gift_card_return(order, from_gift_cards, actor, now)
    restock_lines(order, lines, actor=actor, now=now)
    return refund_ids


def _check_amount(order: Order, amount: int, left: Refundable) -> None:
    def shown(value: int) -> str:
        return Money(value, order.currency).display()

    if left.total <= 0:
        message = f"Nothing of order {order} is left to refund."
        raise OrderNotRefundable(message)
    if not 0 < amount <= left.total:
        message = f"Only {shown(left.total)} of order {order} can still be refunded, not {shown(amount)}."
        raise OrderNotRefundable(message)
    if left.payments < amount < left.total:
        message = (
            f"Up to {shown(left.payments)} can go back the way it was paid. The {shown(left.gift_cards)} from gift"
            f" cards go back only as a whole: refund all {shown(left.total)}."
        )
        raise OrderNotRefundable(message)


def carry_out(refund_ids: Iterable[UUID], *, now: datetime) -> list[RefundView]:
    """Ask for refunds that are reserved, and settle their orders; what is left over is the worker's."""
    refunds = []
    for refund_id in refund_ids:
        try:
            refunds.append(carry_out_refund(refund_id=refund_id, now=now))
        except DomainError as error:
            _log.warning("refund_postponed", refund_id=str(refund_id), reason=error.message)
            continue
        settle_refund(refund_id=refund_id, now=now)
    return refunds
