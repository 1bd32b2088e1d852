"""Offer deliveries to the workers, as many of each endpoint as it has slots: Note [Slots]."""

from datetime import datetime, timedelta

from django.db.models import Min, QuerySet

from hansa.domain.webhooks.models import QUEUED, Delivery, Endpoint
from hansa.kernel.postgresql.batches import tell
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.transactions import requires_transaction, transaction

_LOOK_AGAIN = timedelta(seconds=60)
"""When all slots are taken, the end of a delivery looks; this is for ends that nobody saw."""
_OFFER = """
    WITH taken AS MATERIALIZED (
        SELECT count(*) AS number FROM webhooks_delivery
        WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND endpoint_id = %(endpoint_id)s AND status IN ('pending', 'running')
    ), next AS (
        SELECT id FROM webhooks_delivery
        WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND endpoint_id = %(endpoint_id)s AND status = 'queued' AND next_at <= %(now)s
        ORDER BY sequence LIMIT greatest(%(slots)s::int - (SELECT number FROM taken), 0)
    ), offered AS (
        UPDATE webhooks_delivery AS d SET status = 'pending', available_at = %(now)s
        FROM next
        WHERE d.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND d.id = next.id
        RETURNING d.id
    )
    SELECT (SELECT count(*) FROM offered), taken.number FROM taken
"""


def offer_due_deliveries(*, now: datetime) -> None:
    """Fill the free slots of all endpoints of the current tenant that asked for it; locks one endpoint at a time."""
    with transaction():
        due = list(Endpoint.objects.filter(is_enabled=True, wake_at__lte=now).values_list("pk", flat=True))
    for endpoint_id in due:
        with transaction():
            endpoint = Endpoint.objects.select_for_update().filter(pk=endpoint_id, is_enabled=True).first()
            if endpoint is not None:
                fill_slots(endpoint, now=now)
                endpoint.save(update_fields=["wake_at"])


@requires_transaction
def fill_slots(endpoint: Endpoint, *, now: datetime) -> None:
    """Offer as many deliveries of a locked, enabled endpoint as it has free slots, and set `wake_at`; saves not."""
    if endpoint.paused_until and endpoint.paused_until > now:
        endpoint.wake_at = endpoint.paused_until if _queued(endpoint).exists() else None
        return
    slots = 1 if endpoint.failures else endpoint.concurrency
    (row,) = tell(_OFFER, {"endpoint_id": endpoint.pk, "slots": slots, "now": now})
    offered, taken = (int(value or 0) for value in row)
    if offered:
        wake_workers()
    if offered + taken < slots:
        # What is left waits for its time: little, where nothing fails. Of thousands that are due nobody asks all.
        endpoint.wake_at = _queued(endpoint).aggregate(at=Min("next_at"))["at"]
    elif not (endpoint.wake_at and now < endpoint.wake_at <= now + _LOOK_AGAIN):
        endpoint.wake_at = now + _LOOK_AGAIN


def _queued(endpoint: Endpoint) -> QuerySet[Delivery]:
    return Delivery.objects.filter(endpoint=endpoint, status=QUEUED)
