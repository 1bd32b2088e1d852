"""Let events that were given up be handled again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hansa.domain.events.errors import EventHasNotFailed
from hansa.domain.events.models import Event
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.transactions import transaction


def retry_events(ids: Sequence[UUID], *, now: datetime) -> int:
    """Hand failed events to their handlers again, as if for the first time; returns how many.

    Those who are through with one are not asked again. Raises EventHasNotFailed when none of them has.
    """
    with transaction():
        failed = Event.objects.filter(id__in=ids, status=Event.Status.FAILED)
        count = failed.update(status=Event.Status.PENDING, attempts=0, available_at=now)
        if not count:
            message = "This event has not failed, or is being handled again already. Load the list anew."
            raise EventHasNotFailed(message)
        wake_workers()
    return count
