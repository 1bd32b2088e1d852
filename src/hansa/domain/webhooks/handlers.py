"""What webhooks hear of events, and what they do again and again."""

from datetime import datetime

from hansa.domain.events.registry import keeps, publishes
from hansa.domain.webhooks.selectors import find_first_needed
from hansa.domain.webhooks.services.fan_out import fan_out
from hansa.domain.webhooks.services.offer import offer_due_deliveries
from hansa.domain.work.registry import duty


@publishes
def queue_deliveries(first: int, last: int, now: datetime) -> None:
    """Queue events for the endpoints that want them."""
    fan_out(first=first, last=last, now=now)


@keeps
def first_needed() -> int | None:
    """Keep what is on its way."""
    return find_first_needed()


@duty(due="webhooks_endpoint_due", is_exclusive=False)
def offer_deliveries(now: datetime) -> None:
    """Offer deliveries that may go to the workers."""
    offer_due_deliveries(now=now)
