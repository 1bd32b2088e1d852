"""What the worker does for the inventory."""

from datetime import datetime

from hansa.domain.inventory.services.publish_availability import publish_availability
from hansa.domain.inventory.services.release_expired import release_expired
from hansa.domain.work.registry import duty


@duty(due="inventory_reservation_due")
def release_what_expired(now: datetime) -> None:
    """Put back what nobody paid for in time."""
    release_expired(variant_ids=None, now=now)


@duty(due="inventory_stockchange_due")
def publish_what_changed(now: datetime) -> None:  # noqa: ARG001  (every duty is told the time)
    """Tell the catalogue, for a thousand sales of one variant once."""
    publish_availability(variant_ids=None)
