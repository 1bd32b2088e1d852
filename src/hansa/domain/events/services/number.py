"""Number events that were committed: Note [The log]."""

from datetime import datetime

from hansa.domain.events.registry import all_publishers, handled_names
from hansa.kernel.postgresql.batches import Row, tell
from hansa.kernel.transactions import requires_transaction

MOST = 500
"""Events that are numbered in one transaction."""

_HOLD = """
    SELECT last FROM events_eventcounter
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) FOR UPDATE
"""
_BEGIN = "INSERT INTO events_eventcounter (id) VALUES (gen_random_uuid()) ON CONFLICT DO NOTHING"
# An event that somebody handles is claimed by the way, unless an earlier one of its aggregate is not done:
# each change of a row writes all its indexes, so two changes instead of three are a third more events.
_NUMBER = """
    WITH taken AS MATERIALIZED (
        SELECT
            w.id, row_number() OVER (ORDER BY w.position) AS place, w.is_handled,
            w.is_handled AND w.available_at <= %(now)s::timestamptz AND (EXISTS (
                SELECT FROM events_event earlier
                WHERE earlier.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
                    AND earlier.aggregate_id = w.aggregate_id AND earlier.status = 'pending'
                    AND earlier.position < w.position AND earlier.sequence IS NOT NULL
            )) IS FALSE AS is_claimed
        FROM (
            SELECT
                id, position, aggregate_id, available_at,
                status = 'pending' AND name = ANY (%(handled)s::text[]) AS is_handled
            FROM events_event
            WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND sequence IS NULL
            ORDER BY position LIMIT %(most)s::int
        ) w
    ), numbered AS (
        UPDATE events_event AS e SET
            sequence = %(last)s::bigint + taken.place,
            status = CASE WHEN e.status = 'pending' AND NOT taken.is_handled THEN 'done' ELSE e.status END,
            attempts = e.attempts + taken.is_claimed::int,
            available_at = CASE WHEN taken.is_claimed THEN %(lease_ends)s::timestamptz ELSE e.available_at END
        FROM taken
        WHERE e.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND e.id = taken.id
        RETURNING
            taken.is_claimed, e.id, e.name, e.aggregate_id, e.payload::text, extract(epoch FROM e.occurred_at),
            e.sequence, e.attempts
    ), counted AS (
        UPDATE events_eventcounter SET last = last + (SELECT count(*) FROM numbered)
        WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND EXISTS (SELECT FROM numbered)
        RETURNING last
    )
    SELECT counted.last, numbered.* FROM counted LEFT JOIN numbered ON numbered.is_claimed
"""


@requires_transaction
def number_events(*, now: datetime, lease_ends: datetime) -> tuple[int, list[Row]]:
    """Give the next events, at most MOST, their numbers, and tell the publishers.

    Returns how many there were, and those that were claimed until `lease_ends` for their handlers. What
    nobody handles is done by that. Holds the tenant's counter until the transaction ends.
    """
    last = _hold_counter()
    handled = "{" + ",".join(handled_names()) + "}"
    rows = tell(_NUMBER, {"last": last, "most": MOST, "handled": handled, "now": now, "lease_ends": lease_ends})
    if not rows:
        return 0, []
    count = int(rows[0][0] or 0) - last
    for publish in all_publishers():
        publish(last + 1, last + count, now)
    return count, [row[2:] for row in rows if row[1] is not None]


def _hold_counter() -> int:
    rows = tell(_HOLD, {})
    if not rows:
        tell(_BEGIN, {})
        rows = tell(_HOLD, {})
    return int(rows[0][0] or 0)
