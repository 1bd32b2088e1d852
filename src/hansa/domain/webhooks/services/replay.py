"""Send again what was sent, or what happened while an endpoint was away."""

from datetime import UTC, datetime
from uuid import UUID

from hansa.domain.webhooks.errors import DeliveryNotFound, EndpointDisabled
from hansa.domain.webhooks.models import QUEUED, Delivery, Endpoint
from hansa.domain.webhooks.services.endpoints import lock_endpoint
from hansa.domain.webhooks.services.fan_out import INTERNAL_NAMES, MATCHES
from hansa.domain.webhooks.types import Replayed
from hansa.domain.work.models import JobStatus
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import tell
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.transactions import requires_transaction, transaction

MOST = 10_000
"""Events that are queued by one call."""
TEST_EVENT = "webhook.test"
_ENDED = (JobStatus.DONE, JobStatus.FAILED)

_REPLAY = f"""
    WITH wanted AS (
        SELECT p.id AS endpoint_id, e.id, e.sequence, e.name FROM webhooks_endpoint p, events_event e
        WHERE p.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND p.id = %(endpoint_id)s
            AND e.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND e.sequence > %(after)s::bigint
            AND e.occurred_at >= %(since)s::timestamptz AND e.occurred_at < %(until)s::timestamptz
            AND {MATCHES}
        ORDER BY e.sequence LIMIT %(most)s::int
    ), queued AS (
        INSERT INTO webhooks_delivery AS d (id, endpoint_id, event_id, sequence, event_name, next_at)
        SELECT gen_random_uuid(), endpoint_id, id, sequence, name, %(now)s::timestamptz FROM wanted
        ON CONFLICT (tenant_id, endpoint_id, event_id)
        DO UPDATE SET status = 'queued', tries = 0, failures = 0, last_error = '', next_at = excluded.next_at
            WHERE d.status IN ('done', 'failed')
                AND d.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        RETURNING d.id
    )
    SELECT (SELECT count(*) FROM queued), count(*), max(sequence) FROM wanted
"""  # noqa: S608  (our own words)


def replay_events(
    *,
    endpoint_id: UUID,
    now: datetime,
    after: int = 0,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Replayed:
    """Queue events of the log for an endpoint that wants them, whether they were sent before or not.

    From a number of the log on (`after`), or by when they happened (`since` included, `until` not). What is on
    its way already stays as it is. At most MOST; the answer says where to go on. Raises EndpointNotFound,
    EndpointDisabled. Locks the endpoint.
    """
    with transaction():
        _wake(_enabled(endpoint_id), now)
        parameters = {
            "endpoint_id": endpoint_id,
            "after": after,
            "since": since or datetime(1970, 1, 1, tzinfo=UTC),
            "until": until or datetime(9999, 1, 1, tzinfo=UTC),
            "most": MOST,
            "now": now,
            "internal": INTERNAL_NAMES,
        }
        ((queued, wanted, last),) = tell(_REPLAY, parameters)
    return Replayed(int(queued or 0), int(last or 0) if int(wanted or 0) == MOST else None)


def replay_delivery(*, delivery_id: UUID, now: datetime) -> Delivery:
    """Queue one delivery again, unless it is on its way. Raises DeliveryNotFound, EndpointDisabled."""
    with transaction():
        delivery = Delivery.objects.filter(pk=delivery_id).first()
        if delivery is None:
            message = "There is no such delivery in this shop."
            raise DeliveryNotFound(message)
        _wake(_enabled(delivery.endpoint_id), now)
        Delivery.objects.filter(pk=delivery_id, status__in=_ENDED).update(
            status=QUEUED, tries=0, failures=0, last_error="", next_at=now
        )
        delivery.refresh_from_db()
    return delivery


def send_test(*, endpoint_id: UUID, now: datetime) -> Delivery:
    """Queue an event `webhook.test` for this endpoint alone, and forget earlier ones. Raises EndpointDisabled."""
    with transaction():
        endpoint = _enabled(endpoint_id)
        Delivery.objects.filter(endpoint=endpoint, event=None, status__in=_ENDED).delete()
        delivery = Delivery.objects.create(id=uuid7(), endpoint=endpoint, event_name=TEST_EVENT, next_at=now)
        _wake(endpoint, now)
    return delivery


def _enabled(endpoint_id: UUID) -> Endpoint:
    endpoint = lock_endpoint(endpoint_id)
    if not endpoint.is_enabled:
        message = "The webhook is disabled. Enable it first."
        raise EndpointDisabled(message)
    return endpoint


@requires_transaction
def _wake(endpoint: Endpoint, now: datetime) -> None:
    endpoint.wake_at = now
    endpoint.save(update_fields=["wake_at"])
    wake_workers()
