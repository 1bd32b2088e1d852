"""What events need again and again."""

import time
from datetime import datetime, timedelta

from hansa.domain.events.services.forget import forget_old_events
from hansa.domain.events.services.relay import relay_events
from hansa.domain.work.registry import duty

_TURN_SECONDS = 8.0
"""Then it is another tenant's turn; the dispatcher comes back at once. With the patience of `hand_over` it is less than
the time that a task has (config/celery.py)."""


@duty(due="events_event_due", is_exclusive=False)
def relay(now: datetime) -> None:
    """Give new events their numbers, and hand those that wait to their handlers."""
    begun = time.monotonic()
    spent = 0.0
    while spent < _TURN_SECONDS and relay_events(now=now + timedelta(seconds=spent)):
        spent = time.monotonic() - begun


@duty(due="events_eventcounter_due")
def forget_events(now: datetime) -> None:
    """Forget events that are older than the log is kept."""
    forget_old_events(now=now)
