"""What events need again and again."""

import time
from datetime import datetime

from hansa.domain.events.services.relay import relay_events
from hansa.domain.work.registry import duty

TURN_SECONDS = 10
"""Then others have their turn; what still waits stays due."""


@duty(due="events_event_due", is_exclusive=False)
def relay(now: datetime) -> None:
    """Hand events that wait to their handlers."""
    begun = time.monotonic()
    while relay_events(now=now) and time.monotonic() - begun < TURN_SECONDS:
        pass
