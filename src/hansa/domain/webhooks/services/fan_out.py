"""Write deliveries for events that were just numbered: Note [The log is the queue]."""

from datetime import datetime

from hansa.domain.webhooks.types import INTERNAL
from hansa.kernel.postgresql.batches import tell
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.transactions import requires_transaction

MATCHES = """
    NOT (e.name ^@ ANY (%(internal)s::text[]))
    AND EXISTS (
        SELECT FROM jsonb_array_elements_text(p.filters) f (wanted)
        WHERE f.wanted IN ('*', e.name) OR (right(f.wanted, 2) = '.*' AND e.name ^@ left(f.wanted, -1))
    )
"""
"""Whether endpoint `p` wants event `e`."""

INTERNAL_NAMES = "{" + ",".join(INTERNAL) + "}"

# Where nothing waits and nothing fails, deliveries are offered at once, as many as there are slots.
# The endpoint is written whatever its `wake_at` was when we began: whoever holds it now has not seen what we queue, and
# may be about to note that nothing waits. So we wait for them, and what we write comes after.
_FAN_OUT = f"""
    WITH written AS (
        INSERT INTO webhooks_delivery (id, endpoint_id, event_id, sequence, event_name, next_at, available_at, status)
        SELECT
            gen_random_uuid(), p.id, e.id, e.sequence, e.name, %(now)s::timestamptz, %(now)s::timestamptz,
            CASE
                WHEN p.is_idle AND row_number() OVER (PARTITION BY p.id ORDER BY e.sequence) <= p.concurrency
                THEN 'pending' ELSE 'queued'
            END
        FROM (
            SELECT
                q.id, q.filters, q.concurrency,
                q.failures = 0 AND q.wake_at IS NULL AND (EXISTS (
                    SELECT FROM webhooks_delivery d
                    WHERE d.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
                        AND d.endpoint_id = q.id AND d.status IN ('pending', 'running')
                )) IS FALSE AS is_idle
            FROM webhooks_endpoint q
            WHERE q.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND q.is_enabled
        ) p, events_event e
        WHERE e.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND e.sequence BETWEEN %(first)s::bigint AND %(last)s::bigint
            AND {MATCHES}
        ORDER BY e.sequence
        ON CONFLICT DO NOTHING
        RETURNING endpoint_id, status
    )
    UPDATE webhooks_endpoint AS p SET wake_at = least(p.wake_at, %(now)s::timestamptz)
    WHERE p.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND p.id IN (SELECT endpoint_id FROM written WHERE status = 'queued')
"""  # noqa: S608  (our own words)


@requires_transaction
def fan_out(*, first: int, last: int, now: datetime) -> None:
    """Queue each of the events for each enabled endpoint that wants it."""
    tell(_FAN_OUT, {"first": first, "last": last, "now": now, "internal": INTERNAL_NAMES})
    wake_workers()
