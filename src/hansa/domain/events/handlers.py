"""What events need again and again."""

from datetime import datetime

from hansa.domain.events.services.relay import relay_events
from hansa.domain.work.registry import duty


@duty(due="events_event_due", is_exclusive=False)
def relay(now: datetime) -> None:
    """Hand events that wait to their handlers."""
    while relay_events(now=now):
        pass
