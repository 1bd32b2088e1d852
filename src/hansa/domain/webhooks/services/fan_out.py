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

_FAN_OUT = f"""
    WITH written AS (
        INSERT INTO webhooks_delivery (id, endpoint_id, event_id, sequence, event_name, next_at)
        SELECT gen_random_uuid(), p.id, e.id, e.sequence, e.name, %(now)s::timestamptz
        FROM webhooks_endpoint p, events_event e
        WHERE p.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND p.is_enabled
            AND e.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND e.sequence BETWEEN %(first)s::bigint AND %(last)s::bigint
            AND {MATCHES}
        ORDER BY e.sequence
        ON CONFLICT DO NOTHING
        RETURNING endpoint_id
    )
    UPDATE webhooks_endpoint AS p SET wake_at = least(p.wake_at, %(now)s::timestamptz)
    WHERE p.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND p.id IN (SELECT endpoint_id FROM written) AND (p.wake_at IS NULL OR p.wake_at > %(now)s::timestamptz)
"""  # noqa: S608  (our own words)


@requires_transaction
def fan_out(*, first: int, last: int, now: datetime) -> None:
    """Queue each of the events for each enabled endpoint that wants it."""
    tell(_FAN_OUT, {"first": first, "last": last, "now": now, "internal": INTERNAL_NAMES})
    wake_workers()
