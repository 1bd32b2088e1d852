"""Write an event into the outbox, in the transaction that makes it true."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import tell
from hansa.kernel.postgresql.statements import Json

_RECORD = """
    INSERT INTO events_event (id, name, aggregate_id, payload, occurred_at, available_at)
    VALUES (%(id)s, %(name)s, %(aggregate_id)s, %(payload)s, %(occurred_at)s, %(occurred_at)s)
"""


def record(name: str, *, aggregate_id: UUID, payload: Mapping[str, Any], now: datetime) -> None:
    """Record that `name` happened to the aggregate; the worker tells the handlers after the commit.

    Needs the caller's transaction (raises TransactionRequired); joins its `together()` block. The
    payload is JSON of less than MAX_PAYLOAD_BYTES: ids and facts, no secrets.
    """
    tell(
        _RECORD,
        {
            "id": uuid7(),
            "name": name,
            "aggregate_id": aggregate_id,
            "payload": Json(payload),
            "occurred_at": now,
        },
    )
