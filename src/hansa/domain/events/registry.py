"""Who reacts to what: handlers announce themselves when their context is loaded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hansa.domain.events.types import HappenedEvent

MOST_TOGETHER = 100
"""Events that a handler of many is told of at once: few enough that its locks are short."""

type Handler = Callable[[HappenedEvent], None]
type HandlerOfMany = Callable[[Sequence[HappenedEvent]], None]
type Publisher = Callable[[int, int, datetime], None]
type Keeper = Callable[[], int | None]

_publishers: list[Publisher] = []
_keepers: list[Keeper] = []


@dataclass(frozen=True, slots=True)
class RegisteredHandler:
    """Who is told of events of a name: of one, or of up to MOST_TOGETHER at once."""

    name: str
    run: HandlerOfMany
    takes_many: bool


_handlers: dict[str, dict[str, RegisteredHandler]] = {}


def handles[H: Handler](*names: str) -> Callable[[H], H]:
    """Register a handler for events of these names.

    It runs in the worker, with the event's tenant entered and outside a transaction. It may run
    again for the same event, and must do nothing then.
    """

    def register(handler: H) -> H:
        _register(names, RegisteredHandler(_full_name(handler), lambda events: handler(*events), takes_many=False))
        return handler

    return register


def handles_many[H: HandlerOfMany](*names: str) -> Callable[[H], H]:
    """Register a handler that is told of up to MOST_TOGETHER events at once.

    They are of one name and of different aggregates, whose order among each other may differ from the log's. What
    it does for them it does in one transaction: when it raises, each of them is told alone, so that one that
    cannot be handled does not keep back the others. The same as `handles` otherwise.
    """

    def register(handler: H) -> H:
        _register(names, RegisteredHandler(_full_name(handler), handler, takes_many=True))
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


def handlers_of(name: str) -> list[RegisteredHandler]:
    """Return the handlers of events of this name."""
    return [*_handlers.get(name, {}).values()]


def all_handlers() -> dict[str, list[RegisteredHandler]]:
    """Return every handler, by the name of what happened."""
    return {name: handlers_of(name) for name in _handlers}


def forget(name: str) -> None:
    """Forget the handlers of events of this name: for tests that register their own."""
    _handlers.pop(name, None)


def _register(names: Sequence[str], handler: RegisteredHandler) -> None:
    for name in names:
        _handlers.setdefault(name, {})[handler.name] = handler


def _full_name(function: Handler | HandlerOfMany) -> str:
    return f"{function.__module__}.{function.__qualname__}"
