"""Who reacts to what: handlers announce themselves when their context is loaded."""

from collections.abc import Callable

from hansa.domain.events.types import HappenedEvent

type Handler = Callable[[HappenedEvent], None]


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
