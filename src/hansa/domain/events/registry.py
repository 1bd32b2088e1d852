"""Who reacts to what: handlers and duties announce themselves when their context is loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hansa.domain.events.types import HappenedEvent

type Handler = Callable[[HappenedEvent], None]
type Duty = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class RegisteredDuty:
    """What the worker does for each tenant that the SQL function `due` names, every `every` seconds."""

    name: str
    run: Duty
    every: float
    due: str


_handlers: dict[str, dict[str, Handler]] = {}
_duties: dict[str, RegisteredDuty] = {}


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


def duty[D: Duty](*, every: float, due: str) -> Callable[[D], D]:
    """Register a duty: every `every` seconds, for each tenant that the SQL function `due` names.

    The function is one that `kernel.isolation.ExposeDue` made. The duty runs with the tenant entered
    and outside a transaction.
    """

    def register(run: D) -> D:
        name = _full_name(run)
        _duties[name] = RegisteredDuty(name=name, run=run, every=every, due=due)
        return run

    return register


def handlers_of(name: str) -> dict[str, Handler]:
    """Return the handlers of events of this name, by their own names."""
    return _handlers.get(name, {})


def all_handlers() -> dict[str, dict[str, Handler]]:
    """Return every handler by its own name, by the name of what happened."""
    return {name: dict(handlers) for name, handlers in _handlers.items()}


def forget(name: str) -> None:
    """Forget the handlers of events of this name: for tests that register their own."""
    _handlers.pop(name, None)


def all_duties() -> tuple[RegisteredDuty, ...]:
    """Return every duty."""
    return tuple(_duties.values())


def _full_name(function: Handler | Duty) -> str:
    return f"{function.__module__}.{function.__qualname__}"
