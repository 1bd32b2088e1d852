"""Offer deliveries to the workers, as many of each endpoint as it has slots: Note [Slots]."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min

from hansa.domain.webhooks.models import OFFERED, QUEUED, Delivery, Endpoint
from hansa.domain.work.models import JobStatus
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.transactions import requires_transaction, transaction

_LOOK_AGAIN = timedelta(seconds=60)
"""When all slots are taken, the end of a delivery looks; this is for ends that nobody saw."""


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
    queued = Delivery.objects.filter(endpoint=endpoint, status=QUEUED)
    free = _free_slots(endpoint, now)
    ids: list[UUID] = []
    if free > 0:
        ids = list(queued.filter(next_at__lte=now).order_by("sequence").values_list("pk", flat=True)[:free])
        if ids:
            Delivery.objects.filter(pk__in=ids).update(status=JobStatus.PENDING, available_at=now)
            wake_workers()
    if len(ids) < free:
        # What is left waits for its time: little, where nothing fails. Of thousands that are due nobody asks all.
        endpoint.wake_at = queued.aggregate(at=Min("next_at"))["at"]
    elif not queued.exists():
        endpoint.wake_at = None
    elif endpoint.paused_until and endpoint.paused_until > now:
        endpoint.wake_at = endpoint.paused_until
    else:
        endpoint.wake_at = now + _LOOK_AGAIN


def _free_slots(endpoint: Endpoint, now: datetime) -> int:
    if endpoint.paused_until and endpoint.paused_until > now:
        return 0
    taken = Delivery.objects.filter(endpoint=endpoint, status__in=OFFERED).count()
    return (1 if endpoint.failures else endpoint.concurrency) - taken
