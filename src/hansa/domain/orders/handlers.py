"""What orders do about events: tell extensions in our process, and follow what becomes of customers."""

from collections.abc import Sequence

from django.dispatch import Signal

from hansa.domain.accounts.selectors import get_profile
from hansa.domain.events.registry import handles, handles_many
from hansa.domain.events.types import HappenedEvent
from hansa.domain.orders.models import Order
from hansa.domain.orders.services.anonymise import anonymise_orders
from hansa.domain.orders.services.claim import claim_orders
from hansa.domain.orders.services.count_sales import count_sales
from hansa.domain.orders.signals import order_paid, order_placed
from hansa.kernel.transactions import transaction


@handles("order.placed")
def tell_extensions_of_placed_order(event: HappenedEvent) -> None:
    """Send the signal `order_placed`."""
    _tell(order_placed, event)


@handles("order.paid")
def tell_extensions_of_paid_order(event: HappenedEvent) -> None:
    """Send the signal `order_paid`."""
    _tell(order_paid, event)


@handles_many("order.paid", "order.cancelled", "order.refunded")
def count_for_popularity(events: Sequence[HappenedEvent]) -> None:
    """Let what is popular follow what is bought, and what comes to nothing."""
    count_sales(order_ids=[event.aggregate_id for event in events])


@handles("customer.verified")
def give_customer_their_guest_orders(event: HappenedEvent) -> None:
    """Note the customer on what they have ordered before."""
    customer = get_profile(event.aggregate_id)
    if customer.user_id is not None:
        claim_orders(customer_id=customer.pk, email=customer.email)


@handles("order.fulfilled", "order.completed", "order.cancelled", "order.refunded", "order.payment_failed")
def forget_whoever_was_erased(event: HappenedEvent) -> None:
    """Anonymise an order that was still to be sent when its customer had themselves forgotten."""
    with transaction():
        customer_id = Order.objects.filter(pk=event.aggregate_id).values_list("customer_id", flat=True).first()
    if customer_id is not None and get_profile(customer_id).erased_at is not None:
        anonymise_orders(customer_id=customer_id)


def _tell(signal: Signal, event: HappenedEvent) -> None:
    """Call every receiver, whatever another one does; raise the first failure, so that the event comes again."""
    answers = signal.send_robust(Order, order_id=event.aggregate_id, event_id=event.id, occurred_at=event.occurred_at)
    for _, answer in answers:
        if isinstance(answer, Exception):
            raise answer
