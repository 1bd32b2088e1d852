"""What crosses the border of this context."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class HappenedEvent:
    """An event as its handlers see it; `id` is what to be idempotent by."""

    id: UUID
    name: str
    aggregate_id: UUID
    payload: dict[str, Any]
    occurred_at: datetime
    handled_at: datetime
    """The time by the relay's clock: what handlers pass on as `now`."""
    sequence: int = 0
    """Its number in the tenant's log."""
