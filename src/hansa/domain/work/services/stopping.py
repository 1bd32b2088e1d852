"""Whether this process is about to end: who works for minutes looks now and then, and goes on later elsewhere."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_stopping = threading.Event()


def is_stopping() -> bool:
    """Tell whether a job that could take much longer should raise Later."""
    return _stopping.is_set()


@contextmanager
def stopping() -> Iterator[None]:
    """Ask whatever runs in this process to come to its end, until the block ends."""
    _stopping.set()
    try:
        yield
    finally:
        _stopping.clear()
