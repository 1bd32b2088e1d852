"""Settle a payment: draw the consequences of what a provider said, for the order, its stock and its cart.

Called by `complete.py` with the provider's answer, by callbacks, and by the sweeper. However often and
in whatever order they call, the order ends in the same state: the payment's status climbs
(`payments/models.py`), and each consequence asks whether it is still to be drawn.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from hansa.domain.carts.services.write import reopen_cart
from hansa.domain.checkout.services.finish import finish_declined, finish_placed
from hansa.domain.events.services.record import record
from hansa.domain.inventory.services.allocate import allocate
from hansa.domain.inventory.services.extend import extend
from hansa.domain.inventory.services.release import release
from hansa.domain.orders.models import Order, Status
from hansa.domain.orders.selectors import find_cart_of_order
from hansa.domain.orders.services.move import move_order
from hansa.domain.payments.models import Payment
from hansa.domain.payments.services.apply_answer import apply_answer
from hansa.domain.payments.services.charge import reverse_charge
from hansa.domain.payments.services.return_gift_cards import return_gift_cards
from hansa.domain.payments.types import Outcome, ProviderAnswer, Settlement
from hansa.domain.pricing.services.release_uses import release_uses
from hansa.kernel.faultpoints import passing
from hansa.kernel.postgresql.batches import together
from hansa.kernel.transactions import requires_transaction

DECLINED = "The payment was declined. Nothing was charged. Try again, or choose another way to pay."


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the attempt to pay."""

    order_id: UUID
    is_declined: bool = False
    message: str = ""
    document: str = ""
    """The order as it is answered; empty when the attempt had its answer already, or was declined."""


@requires_transaction
def settle_payment(*, payment_id: UUID, answer: ProviderAnswer, now: datetime) -> Settled:
    """Apply the provider's answer to the payment, and what follows from it to the order.

    Paid: the order is paid and its stock allocated; money for an order that is no longer there is sent
    back by the worker. Declined: everything is released and the cart can be used again. Else the order
    waits, its stock once more for as long as when it was reserved.

    Raises PaymentNotFound. Locks payment, order, then what is released. Events: those of
    `apply_answer`, order.paid, order.payment_failed, checkout.unwanted_payment.
    """
    passing("settle.begun")
    reason = ""
    with together():
        settlement = apply_answer(payment_id=payment_id, answer=answer, now=now)
        order_id = settlement.reference
        if settlement.is_paid:
            _settle_paid(settlement, now)
        elif settlement.status == Payment.Status.CAPTURED:
            _settle_part(settlement, now)
        elif settlement.status == Payment.Status.AUTHORISED:
            _settle_authorised(settlement, now)
        elif settlement.status in {Payment.Status.DECLINED, Payment.Status.VOIDED}:
            reason = settlement.message or DECLINED
            _settle_declined(settlement, reason, now)
        elif answer.outcome is Outcome.NEEDS_ACTION:
            extend(reference=order_id, until=now + timedelta(seconds=settings.RESERVATION_SECONDS))
    passing("settle.written")
    if reason:
        return Settled(order_id, is_declined=True, message=reason)
    return Settled(order_id, document=finish_placed(order_id))


def _settle_paid(settlement: Settlement, now: datetime) -> None:
    if not settlement.has_changed:
        return  # told before
    order_id = settlement.reference
    if allocate(reference=order_id) and mark_paid(order_id, provider_of(settlement), now):
        return
    # Too late: the order was cancelled, or its stock is gone. The buyer gets the money back.
    cancel_unpaid(order_id, message="The money came after the order had expired; it is sent back", now=now)
    _refuse_money(settlement, now)


def _settle_part(settlement: Settlement, now: datetime) -> None:
    """Keep a part of the money, until the rest is captured too; of an order that is over it goes back."""
    over = (Status.PAYMENT_FAILED, Status.CANCELLED)
    if settlement.has_changed and Order.objects.filter(pk=settlement.reference, status__in=over).exists():
        _refuse_money(settlement, now)


def _settle_authorised(settlement: Settlement, now: datetime) -> None:
    order_id = settlement.reference
    is_wanted = Order.objects.filter(pk=order_id, status=Status.PENDING_PAYMENT).exists()
    if not settlement.has_changed or (allocate(reference=order_id) and is_wanted):
        return
    cancel_unpaid(order_id, message="The money was held after the order had expired; it is let go", now=now)
    _refuse_money(settlement, now)


def _refuse_money(settlement: Settlement, now: datetime) -> None:
    payload = {"payment_id": str(settlement.payment_id), "order_id": str(settlement.reference)}
    record("checkout.unwanted_payment", aggregate_id=settlement.reference, payload=payload, now=now)


def mark_paid(order_id: UUID, actor: str, now: datetime) -> bool:
    """Move the order to paid and tell it; returns whether it was waiting for payment."""
    if not move_order(order_id=order_id, to=Status.PAID, kind="paid", actor=actor, message="Payment received", now=now):
        return False
    record("order.paid", aggregate_id=order_id, payload={"order_id": str(order_id)}, now=now)
    return True


def provider_of(settlement: Settlement) -> str:
    """Name who told us, for the timeline."""
    return f"provider:{settlement.provider}"


def _settle_declined(settlement: Settlement, reason: str, now: datetime) -> None:
    order_id = settlement.reference
    moved = move_order(
        order_id=order_id,
        to=Status.PAYMENT_FAILED,
        kind="payment_failed",
        actor=provider_of(settlement),
        message=reason[:500],
        data={"decline_code": settlement.decline_code},
        now=now,
    )
    if moved:
        give_back(order_id, now=now)
        record("order.payment_failed", aggregate_id=order_id, payload={"order_id": str(order_id)}, now=now)
    finish_declined(order_id, reason=reason)
    if moved:
        let_go(order_id, reason="payment declined", now=now)


def cancel_unpaid(order_id: UUID, *, message: str, now: datetime) -> bool:
    """Cancel an order that nobody paid in time, and let go of everything it held; returns whether it was waiting."""
    if not move_order(order_id=order_id, to=Status.CANCELLED, kind="expired", actor="system", message=message, now=now):
        return False
    give_back(order_id, now=now)
    record("order.cancelled", aggregate_id=order_id, payload={"order_id": str(order_id)}, now=now)
    finish_placed(order_id)
    let_go(order_id, reason="order expired", now=now)
    return True


def give_back(order_id: UUID, *, now: datetime) -> None:
    """Give back the promotions and gift cards that the order used."""
    release_uses(reference=order_id, now=now)
    return_gift_cards(reference=order_id, now=now)


def let_go(
    order_id: UUID, *, reason: str, now: datetime, reopens_cart: bool = True, charged: int | None = None
) -> None:
    """Reverse the order's charge, make its cart usable again unless told otherwise, and its stock free.

    `charged`: what is left of the charge, in minor units; None: the order's total.

    After the attempt has its answer: a repeated request locks its key first and then the cart, and so
    must we.
    """
    cart_id, total, currency = find_cart_of_order(order_id)
    with together():
        if amount := total if charged is None else charged:
            reverse_charge(reference=order_id, amount=amount, currency=currency, now=now)
        if reopens_cart:
            reopen_cart(cart_id, order_id=order_id, now=now)
        release(reference=order_id, now=now, reason=reason)
