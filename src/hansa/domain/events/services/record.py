"""Write an event into the outbox, in the transaction that makes it true."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import tell_rows
from hansa.kernel.postgresql.wakeup import wake_workers

_RECORD = """
    INSERT INTO events_event (id, name, aggregate_id, payload, occurred_at, available_at)
    SELECT e.id, e.name, e.aggregate_id, e.payload, e.occurred_at, e.occurred_at
    FROM ROWS FROM (
        jsonb_to_recordset(%(rows)s::jsonb)
        AS (id uuid, name text, aggregate_id uuid, payload jsonb, occurred_at timestamptz)
    ) WITH ORDINALITY AS e (id, name, aggregate_id, payload, occurred_at, place)
    ORDER BY e.place
"""


def record(name: str, *, aggregate_id: UUID, payload: Mapping[str, Any], now: datetime) -> None:
    """Record that `name` happened to the aggregate; the worker tells the handlers after the commit.

    Needs the caller's transaction (raises TransactionRequired); joins its `together()` block. The
    payload is JSON of less than MAX_PAYLOAD_BYTES: ids and facts, no secrets.
    """
    event = {"id": uuid7(), "name": name, "aggregate_id": aggregate_id, "payload": payload, "occurred_at": now}
    tell_rows(_RECORD, [event])
    wake_workers()
