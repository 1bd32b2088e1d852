"""What crosses the border of this context."""

from dataclasses import dataclass, field
from datetime import timedelta

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long to wait after each attempt that has failed: about 76 hours; then the delivery has failed."""

TIMEOUT_SECONDS = 15.0
GIVE_UP_AFTER = timedelta(days=5)
"""An endpoint that only fails for so long is disabled."""
MAX_PAUSE = timedelta(hours=1)
"""The longest that a server may ask us to wait."""
SHOWN_BYTES = 1024
"""How much of an answer is kept."""
SHOWN_HEADERS = ("content-type", "content-length", "date", "server", "retry-after", "location", "x-request-id")

INTERNAL = ("notification.", "staff.", "checkout.")
"""Events whose names begin so concern nobody outside."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went."""

    status_code: int | None
    error: str
    """Empty: it was taken."""
    retry_after: timedelta | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    milliseconds: int = 0
    request_headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_taken(self) -> bool:
        """Tell whether the server has it."""
        return not self.error

    @property
    def is_gone(self) -> bool:
        """Tell whether the server wants nothing any more."""
        return self.status_code == 410  # noqa: PLR2004  (HTTP's number)

    @property
    def wants_pause(self) -> bool:
        """Tell whether the server has too much to do."""
        return self.status_code in {429, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay has queued."""

    count: int
    next_after: int | None
    """Go on from here: there is more. None: that was all."""
