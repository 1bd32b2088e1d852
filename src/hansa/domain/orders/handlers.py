"""What orders do about events: tell extensions in our process."""

from django.dispatch import Signal

from hansa.domain.events.registry import handles
from hansa.domain.events.types import HappenedEvent
from hansa.domain.orders.models import Order
from hansa.domain.orders.signals import order_paid, order_placed


@handles("order.placed")
def tell_extensions_of_placed_order(event: HappenedEvent) -> None:
    """Send the signal `order_placed`."""
    _tell(order_placed, event)


@handles("order.paid")
def tell_extensions_of_paid_order(event: HappenedEvent) -> None:
    """Send the signal `order_paid`."""
    _tell(order_paid, event)


def _tell(signal: Signal, event: HappenedEvent) -> None:
    """Call every receiver, whatever another one does; raise the first failure, so that the event comes again."""
    answers = signal.send_robust(Order, order_id=event.aggregate_id, event_id=event.id, occurred_at=event.occurred_at)
    for _, answer in answers:
        if isinstance(answer, Exception):
            raise answer
