"""Send a notification by e-mail."""

from datetime import datetime, timedelta
from email.headerregistry import Address
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q

from hansa.domain.notifications.account_letters import account_letter
from hansa.domain.notifications.errors import AlreadySent, BeingSent, NotDelivered, NotificationNotFound
from hansa.domain.notifications.letters import LETTERS
from hansa.domain.notifications.models import Kind, Notification
from hansa.domain.notifications.types import Letter
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction

LEASE = timedelta(seconds=60)
"""Longer than a mail server may take (config/email.py, TIMEOUT_SECONDS, for each of a few steps)."""
MAX_ATTEMPTS = 10
"""As many as the relay makes: about a quarter of an hour. Then staff are shown that it failed."""
_PERMANENT = range(500, 600)
_log = structlog.get_logger("hansa.notifications")


def send(*, notification_id: UUID, now: datetime) -> None:
    """Send the notification if nobody has, and note what became of it; no row is locked meanwhile.

    What the mail server refuses for good (5xx) is given up: the status says so. Raises
    NotificationNotFound, AlreadySent, BeingSent, NotDelivered. Not inside a transaction.
    """
    notification = _claim(notification_id, now)
    error = ""
    is_hopeless = False
    try:
        _deliver(notification, _write(notification))
    except Exception as failure:  # noqa: BLE001  (whatever the way to the mail server does, it is noted)
        error = f"{type(failure).__name__}: {failure}"
        is_hopeless = _is_permanent(failure) or notification.attempts >= MAX_ATTEMPTS
    _note(notification_id, error, is_hopeless=is_hopeless, now=now)
    if error:
        _log.warning("notification_not_delivered", notification_id=str(notification_id), reason=error)
        if not is_hopeless:
            message = f"The mail server did not take it: {error}"
            raise NotDelivered(message)


def send_again(*, notification_id: UUID, now: datetime) -> None:
    """Send a notification that was given up, or waits for its next attempt. Raises what `send` raises."""
    with transaction():
        failed = Notification.objects.filter(pk=notification_id, status=Notification.Status.FAILED)
        failed = failed.exclude(kind=Kind.ACCOUNT)  # what it said is forgotten
        failed.update(status=Notification.Status.PENDING, attempts=0, updated_at=now)
    send(notification_id=notification_id, now=now)


def _claim(notification_id: UUID, now: datetime) -> Notification:
    """Take the notification for as long as sending may last: of all who try at once, one gets it."""
    with transaction():
        free = Notification.objects.filter(
            Q(claimed_until=None) | Q(claimed_until__lte=now), pk=notification_id, status=Notification.Status.PENDING
        )
        is_ours = free.update(claimed_until=now + LEASE, attempts=F("attempts") + 1, updated_at=now)
        notification = Notification.objects.filter(pk=notification_id).first()
    if notification is None:
        message = f"There is no notification {notification_id}."
        raise NotificationNotFound(message)
    if is_ours:
        return notification
    if notification.status == Notification.Status.PENDING:
        message = "Somebody else is sending it right now."
        raise BeingSent(message)
    message = f"It is {notification.get_status_display().lower()} already."
    raise AlreadySent(message)


def _write(notification: Notification) -> Letter:
    if notification.kind == Kind.ACCOUNT:
        return account_letter(notification.content or {})
    return LETTERS[Kind(notification.kind)](notification.object_id)


def _deliver(notification: Notification, letter: Letter) -> None:
    email = EmailMultiAlternatives(
        subject=" ".join(letter.subject.split()),
        body=letter.text,
        from_email=_sender(),
        to=[notification.recipient],
        headers={"Message-ID": notification.message_id, "Auto-Submitted": "auto-generated"},
    )
    email.attach_alternative(letter.html, "text/html")
    email.send()


def _sender() -> str:
    """Return the shop's name with the installation's address."""
    name = " ".join(get_current_tenant().name.split())
    return str(Address(display_name=name, addr_spec=settings.DEFAULT_FROM_EMAIL))


def _note(notification_id: UUID, error: str, *, is_hopeless: bool, now: datetime) -> None:
    status = Notification.Status.SENT if not error else Notification.Status.PENDING
    is_over = is_hopeless or not error
    with transaction():
        Notification.objects.filter(pk=notification_id).update(
            **({"content": None} if is_over else {}),
            status=Notification.Status.FAILED if is_hopeless else status,
            claimed_until=None,
            last_error=error.replace("\x00", "")[:1000],
            sent_at=None if error else now,
            updated_at=now,
        )


def _is_permanent(failure: Exception) -> bool:
    """Tell whether the mail server said no for good (RFC 5321: 5xx)."""
    if isinstance(failure, SMTPRecipientsRefused):
        return all(code in _PERMANENT for code, _ in failure.recipients.values())
    return isinstance(failure, SMTPDataError | SMTPSenderRefused) and failure.smtp_code in _PERMANENT
