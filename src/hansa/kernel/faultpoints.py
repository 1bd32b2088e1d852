"""Named points at which a process may die, for the tests that prove that nothing is lost when it does.

Note [Fault points]: `passing("checkout.ordered")` does nothing at all unless the variable
HANSA_DIE_AT names that very point; then the process ends there as `kill -9` would end it. It may
name a directory instead: whoever takes away the file there that is named as the point dies, so
that many points are died at, once each. The tests in `tests/faults/` walk through POINTS; a point
that no code passes fails them.
"""

import os
import signal
from pathlib import Path

POINTS = (
    "checkout.begun",
    "checkout.claimed",
    "checkout.locked",
    "checkout.priced",
    "checkout.ordered",
    "checkout.committed",
    "payment.asking",
    "payment.charged",
    "payment.answered",
    "settle.begun",
    "settle.written",
    "settle.committed",
    "checkout.answering",
)
"""From the request's arrival to its answer, in order. Background work has points of its own: `started <task>`, `ending
<task>` and, of events, `started <handler>`, `ending <handler>`."""

_die_at = os.environ.get("HANSA_DIE_AT", "")


def passing(point: str) -> None:
    """Say that the process has come to `point`."""
    if _die_at and (point == _die_at or _takes(Path(_die_at) / point)):
        os.kill(os.getpid(), signal.SIGKILL)


def _takes(turn: Path) -> bool:
    """Tell whether it was this process that took a turn to die; only one can."""
    try:
        turn.unlink()
    except OSError:
        return False
    return True
