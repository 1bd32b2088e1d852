"""Background work of notifications."""

from hansa.domain.notifications.models import Notification
from hansa.domain.notifications.services.send import LEASE, PAUSES, send
from hansa.domain.work.registry import HeldJob, job
from hansa.domain.work.types import Queue
from hansa.kernel import clock


@job(Notification, queue=Queue.NET, lease=LEASE, pauses=PAUSES, ends_itself=True)
def send_notification(held: HeldJob) -> None:
    """Send a letter that waits."""
    is_last = held.failures >= len(PAUSES)
    send(notification_id=held.id, attempt=held.attempt, is_last=is_last, now=clock.now())
