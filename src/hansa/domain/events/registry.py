"""Who reacts to what: handlers announce themselves when their context is loaded."""

from collections.abc import Callable
from datetime import datetime

from hansa.domain.events.types import HappenedEvent

type Handler = Callable[[HappenedEvent], None]
type Publisher = Callable[[int, int, datetime], None]
type Keeper = Callable[[], int | None]

_publishers: list[Publisher] = []
_keepers: list[Keeper] = []

_handlers: dict[str, dict[str, Handler]] = {}


def handles[H: Handler](*names: str) -> Callable[[H], H]:
    """Register a handler for events of these names.

    It runs in the worker, with the event's tenant entered and outside a transaction. It may run
    again for the same event, and must do nothing then.
    """

    def register(handler: H) -> H:
        for name in names:
            _handlers.setdefault(name, {})[_full_name(handler)] = handler
        return handler

    return register


def publishes[P: Publisher](publisher: P) -> P:
    """Register who is to know of all events, many at once: `publisher(first, last, now)`, both sequences included.

    It runs in the transaction that numbers them, while others wait for it: a few set-based statements, no network.
    """
    _publishers.append(publisher)
    return publisher


def keeps[K: Keeper](keeper: K) -> K:
    """Register who still needs old events: it returns the first sequence that must not be forgotten, or None."""
    _keepers.append(keeper)
    return keeper


def all_publishers() -> tuple[Publisher, ...]:
    """Return who is to know of all events."""
    return tuple(_publishers)


def all_keepers() -> tuple[Keeper, ...]:
    """Return who may still need old events."""
    return tuple(_keepers)


def handled_names() -> list[str]:
    """Return the names of the events that have handlers."""
    return sorted(name for name, handlers in _handlers.items() if handlers)


def handlers_of(name: str) -> dict[str, Handler]:
    """Return the handlers of events of this name, by their own names."""
    return _handlers.get(name, {})


def all_handlers() -> dict[str, dict[str, Handler]]:
    """Return every handler by its own name, by the name of what happened."""
    return {name: dict(handlers) for name, handlers in _handlers.items()}


def forget(name: str) -> None:
    """Forget the handlers of events of this name: for tests that register their own."""
    _handlers.pop(name, None)


def _full_name(function: Handler) -> str:
    return f"{function.__module__}.{function.__qualname__}"
