"""What crosses the border of this context."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Queue(StrEnum):
    """Where work of a kind waits, so that one kind does not keep another from its turn."""

    QUICK = "quick"
    """Duties and handlers of events: milliseconds."""
    NET = "net"
    """Whoever waits for somebody else's server: webhooks, e-mail, pictures."""
    BULK = "bulk"
    """Minutes: imports, exports."""


@dataclass(frozen=True, slots=True)
class RegisteredDuty:
    """What is done for each tenant that the SQL function `due` names; how often says `config/schedule.py`."""

    name: str
    run: Callable[[datetime], None]
    due: str
    is_exclusive: bool
    """Whether one dispatcher alone, of all machines', puts it into a queue."""
