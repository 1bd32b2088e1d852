"""What the worker does for pricing."""

from datetime import datetime

from hansa.domain.events.registry import duty
from hansa.domain.pricing.services.publish_prices import publish_prices


@duty(every=0.5, due="pricing_pricelistchange_due")
def publish_what_holds_now(now: datetime) -> None:
    """Let the listing show the prices of the lists that hold now."""
    publish_prices(now=now)
