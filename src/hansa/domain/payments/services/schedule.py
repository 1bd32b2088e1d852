"""When to ask a provider again what became of something."""

from datetime import datetime, timedelta

from django.conf import settings

FIRST_CHECK = timedelta(seconds=4 * settings.PAYMENT_TIMEOUT_SECONDS)
"""After this, whoever was asking has been answered or has died."""
_LONGEST_SECONDS = 300


def next_check(now: datetime, attempts: int) -> datetime:
    """Return when to ask again after `attempts` answers that said nothing: 5, 10, 20 … 300 seconds."""
    return now + timedelta(seconds=min(5 * 2 ** min(attempts, 10), _LONGEST_SECONDS))
