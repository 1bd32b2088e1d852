"""Notify somebody of something, once."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from hansa.domain.notifications.models import Kind, Notification
from hansa.domain.notifications.services.send import send
from hansa.kernel.ids import uuid7
from hansa.kernel.transactions import transaction


def notify(*, kind: Kind, object_id: UUID, recipient: str, now: datetime) -> None:
    """Write the notification, unless it is written, and send it, unless it is sent or given up.

    Raises BeingSent and NotDelivered: then ask again later. Not inside a transaction.
    """
    with transaction():
        notification_id = uuid7()
        Notification.objects.bulk_create(
            [
                Notification(
                    id=notification_id,
                    kind=kind,
                    object_id=object_id,
                    recipient=recipient,
                    message_id=f"<{notification_id}@{settings.BASE_DOMAIN}>",
                )
            ],
            ignore_conflicts=True,
        )
        found = Notification.objects.get(kind=kind, object_id=object_id, recipient=recipient)
    if found.status == Notification.Status.PENDING:
        send(notification_id=found.pk, now=now)
