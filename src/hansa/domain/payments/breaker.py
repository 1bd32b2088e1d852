"""A circuit breaker per tenant and provider: shoppers are not made to wait for who does not answer."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

FAILURES_TO_OPEN = 10
PAUSE_SECONDS = 5.0

type Key = tuple[UUID, str]


@dataclass(slots=True)
class _State:
    failures: int = 0
    next_try: float = 0.0


class Breakers:
    """The breakers of this process.

    After FAILURES_TO_OPEN failures in a row one is open: it lets one try through every
    PAUSE_SECONDS, and closes with the first success.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Take a clock that never goes back, in seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._states: dict[Key, _State] = {}

    def lets_through(self, key: Key) -> bool:
        """Tell whether to try; the one that is let through an open breaker is the probe."""
        state = self._states.get(key)
        if state is None:
            return True  # the usual case takes no lock
        with self._lock:
            if state.failures < FAILURES_TO_OPEN:
                return True
            now = self._clock()
            if now < state.next_try:
                return False
            state.next_try = now + PAUSE_SECONDS
            return True

    def succeeded(self, key: Key) -> None:
        """Note an answer, whatever it said: the breaker closes."""
        if key in self._states:
            with self._lock:
                self._states.pop(key, None)

    def failed(self, key: Key) -> None:
        """Note that no answer came."""
        with self._lock:
            state = self._states.setdefault(key, _State())
            state.failures += 1
            if state.failures >= FAILURES_TO_OPEN:
                state.next_try = self._clock() + PAUSE_SECONDS


BREAKERS = Breakers()
