"""What carts need again and again."""

from datetime import datetime

from hansa.domain.carts.services.forget import expire_carts, note_abandoned_carts
from hansa.domain.work.registry import duty


@duty(due="carts_cart_due")
def tidy_carts(now: datetime) -> None:
    """Note carts that were left behind, and expire the oldest."""
    note_abandoned_carts(now=now)
    expire_carts(now=now)
