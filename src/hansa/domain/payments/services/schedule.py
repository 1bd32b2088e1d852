"""When to ask a provider again what became of something."""

from datetime import datetime, timedelta

FIRST_CHECK = timedelta(seconds=10)
"""After this, whoever was asking has been answered or has died: asking takes 2.5 seconds at most."""
_LONGEST_SECONDS = 300


def next_check(now: datetime, attempts: int) -> datetime:
    """Return when to ask again after `attempts` answers that said nothing: 5, 10, 20 … 300 seconds."""
    return now + timedelta(seconds=min(5 * 2 ** min(attempts, 10), _LONGEST_SECONDS))
