"""What the worker does for pricing."""

from datetime import datetime

from hansa.domain.pricing.services.publish_prices import publish_prices
from hansa.domain.work.registry import duty


@duty(due="pricing_pricelistchange_due")
def publish_what_holds_now(now: datetime) -> None:
    """Let the listing show the prices of the lists that hold now."""
    publish_prices(now=now)
