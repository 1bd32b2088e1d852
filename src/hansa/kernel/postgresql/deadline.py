"""How long a statement may take while somebody waits for its answer.

The gate sets it for a request; the first statement of each transaction, which enters the tenant, hands it
to PostgreSQL for that transaction only. Commands, the worker and imports have none: nobody waits for them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_milliseconds: ContextVar[int] = ContextVar("hansa_statement_timeout", default=0)


@contextmanager
def statements_end_after(milliseconds: int) -> Iterator[None]:
    """Let PostgreSQL cancel each statement inside the block that takes longer; 0: let it take its time."""
    token = _milliseconds.set(milliseconds)
    try:
        yield
    finally:
        _milliseconds.reset(token)


def find_deadline() -> int:
    """Return how many milliseconds a statement may take here; 0: as long as it takes."""
    return _milliseconds.get()
