"""Notify somebody of something, once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from hansa.domain.accounts.types import is_nobodys_address
from hansa.domain.notifications.models import Kind, Notification
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.transactions import transaction


def notify(*, kind: Kind, object_id: UUID, recipient: str, now: datetime, content: Any = None) -> None:  # noqa: ANN401  (JSON)
    """Write the notification, unless it is written: however often this is called, one is sent.

    `content` is what the letter is about, as JSON, where `object_id` does not tell all. To somebody who had
    themselves forgotten nothing is written.
    A worker sends it (`services/send.py`), so nobody waits for the mail server.
    """
    if is_nobodys_address(recipient):
        return
    with transaction():
        notification_id = uuid7()
        Notification.objects.bulk_create(
            [
                Notification(
                    id=notification_id,
                    kind=kind,
                    object_id=object_id,
                    recipient=recipient[:254],
                    message_id=f"<{notification_id}@{settings.BASE_DOMAIN}>",
                    content=content,
                    available_at=now,
                )
            ],
            ignore_conflicts=True,
        )
        wake_workers()
