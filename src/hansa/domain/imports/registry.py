"""Who wants to hear at once how far a run is: interfaces announce themselves when they are loaded."""

from collections.abc import Callable
from uuid import UUID

from hansa.domain.imports.types import RunProgress

type ProgressListener = Callable[[UUID, RunProgress], None]

_listeners: list[ProgressListener] = []


def on_progress(callback: ProgressListener) -> ProgressListener:
    """Call `callback(run_id, progress)` after each commit that brings a run further; also usable as a decorator.

    It is called with the run's tenant entered, outside a transaction, by the thread that imports: it hands
    the news on and waits for nobody. What it raises is logged and stops nothing. Calls may be lost with the
    process; the row tells the truth.
    """
    if callback not in _listeners:
        _listeners.append(callback)
    return callback


def progress_listeners() -> tuple[ProgressListener, ...]:
    """Return who wants to hear."""
    return tuple(_listeners)


def forget_listener(callback: ProgressListener) -> None:
    """Call it no more: for tests that register their own."""
    _listeners.remove(callback)
