"""Handlers that remember."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

from hansa.domain.events import registry
from hansa.domain.events.registry import handles
from hansa.domain.events.services.record import record
from hansa.domain.events.types import HappenedEvent
from tests.worlds import NOON


class Listener:
    """A handler that remembers, and fails as often as told."""

    def __init__(self) -> None:
        self.heard: list[HappenedEvent] = []
        self.failures = 0
        self.__qualname__ = f"listener_{uuid4().hex}"
        self.name = f"test.{uuid4().hex}"

    def __call__(self, event: HappenedEvent) -> None:
        if self.failures:
            self.failures -= 1
            message = "not today"
            raise ValueError(message)
        self.heard.append(event)


@contextmanager
def listening() -> Iterator[Listener]:
    """Have a listener for events that nothing else has."""
    listener = Listener()
    handles(listener.name)(listener)
    try:
        yield listener
    finally:
        registry.forget(listener.name)


def happen(name: str, aggregate_id: UUID, **payload: int) -> None:
    """Record that something happened at noon."""
    record(name, aggregate_id=aggregate_id, payload=payload, now=NOON)
