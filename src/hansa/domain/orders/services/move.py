"""Move an order along its states."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from hansa.domain.orders.models import TRANSITIONS, Status
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import tell, tell_now
from hansa.kernel.postgresql.statements import Json

_MOVE = """
    WITH moved AS (
        UPDATE orders_order SET status = %(to)s::text, updated_at = %(now)s
        WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND id = %(order_id)s AND status = ANY (%(origins)s::text[])
        RETURNING id
    )
    INSERT INTO orders_timelineentry (id, order_id, kind, actor, status, message, data, created_at)
    SELECT %(entry_id)s, moved.id, %(kind)s, %(actor)s, %(to)s::text, %(message)s, %(data)s::jsonb, %(now)s FROM moved
    RETURNING order_id
"""
_NOTE = """
    INSERT INTO orders_timelineentry (id, order_id, kind, actor, status, message, data, created_at)
    VALUES (%(entry_id)s, %(order_id)s, %(kind)s, %(actor)s, '', %(message)s, %(data)s::jsonb, %(now)s)
"""


def move_order(
    *,
    order_id: UUID,
    to: Status,
    kind: str,
    actor: str,
    message: str,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> bool:
    """Move the order to `to` if TRANSITIONS lets it go there from where it is, and say so in its timeline.

    Returns whether it moved: False is what a repeated callback gets. Needs the caller's transaction, and
    asks at once also inside `together()`; locks the order.
    """
    rows = tell_now(
        _MOVE,
        {
            "order_id": order_id,
            "to": to.value,
            "origins": _array(origin for origin, targets in TRANSITIONS.items() if to in targets),
            "entry_id": uuid7(),
            "kind": kind,
            "actor": actor,
            "message": message,
            "data": Json(data or {}),
            "now": now,
        },
    )
    return bool(rows)


def note_on_order(
    *, order_id: UUID, kind: str, actor: str, message: str, now: datetime, data: dict[str, Any] | None = None
) -> None:
    """Write into the order's timeline without moving it. Needs the caller's transaction."""
    tell(
        _NOTE,
        {
            "order_id": order_id,
            "entry_id": uuid7(),
            "kind": kind,
            "actor": actor,
            "message": message,
            "data": Json(data or {}),
            "now": now,
        },
    )


def _array(values: Iterable[Status]) -> str:
    return "{" + ",".join(sorted(value.value for value in values)) + "}"
