"""Notify somebody of something, once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from hansa.domain.accounts.types import is_nobodys_address
from hansa.domain.notifications.models import Kind, Notification
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.transactions import transaction


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody is to be told of."""

    object_id: UUID
    recipient: str
    content: Any = None
    """What the letter is about, as JSON, where `object_id` does not tell all."""


def notify(*, kind: Kind, object_id: UUID, recipient: str, now: datetime, content: Any = None) -> None:  # noqa: ANN401  (JSON)
    """Write one notification: see `notify_all`."""
    notify_all(kind=kind, notices=[Notice(object_id, recipient, content)], now=now)


def notify_all(*, kind: Kind, notices: Iterable[Notice], now: datetime) -> None:
    """Write the notifications that are not written yet: however often this is called, one of each is sent.

    To somebody who had themselves forgotten nothing is written.
    A worker sends them (`services/send.py`), so nobody waits for the mail server.
    """
    new = [_new(kind, notice, now) for notice in notices if not is_nobodys_address(notice.recipient)]
    new.sort(key=lambda one: one.object_id)  # two workers that write the same ones wait for each other in one order
    if new:
        with transaction():
            Notification.objects.bulk_create(new, ignore_conflicts=True)
            wake_workers()


def _new(kind: Kind, notice: Notice, now: datetime) -> Notification:
    notification_id = uuid7()
    return Notification(
        id=notification_id,
        kind=kind,
        object_id=notice.object_id,
        recipient=notice.recipient[:254],
        message_id=f"<{notification_id}@{settings.BASE_DOMAIN}>",
        content=notice.content,
        available_at=now,
    )
