"""Send a notification by e-mail."""

from datetime import datetime, timedelta
from email.headerregistry import Address
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection

from hansa.domain.notifications.account_letters import account_letter
from hansa.domain.notifications.errors import AlreadySent, NotDelivered, NotificationNotFound
from hansa.domain.notifications.letters import write
from hansa.domain.notifications.models import Kind, Notification
from hansa.domain.notifications.types import Letter
from hansa.kernel.postgresql.batches import tell, together
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction

LEASE = timedelta(seconds=45)
"""Longer than a mail server may take (config/email.py, TIMEOUT_SECONDS, for each of a few steps)."""
PAUSES = tuple(timedelta(seconds=2**power) for power in range(10))
"""About a quarter of an hour. Then staff are shown that it failed."""
_PERMANENT = range(500, 600)
# A letter about an account forgets what it said, which was a code.
_END = """
    UPDATE notifications_notification SET
        status = %(status)s::text, last_error = %(last_error)s, updated_at = %(now)s,
        sent_at = CASE WHEN %(status)s::text = 'sent' THEN %(now)s::timestamptz ELSE sent_at END,
        content = CASE WHEN kind = 'account' THEN NULL ELSE content END
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND id = %(id)s AND attempts = %(attempt)s AND status = 'running'
"""
_FORGET_IF_ERASED = """
    DELETE FROM notifications_notification AS n
    WHERE n.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND n.id = %(id)s AND EXISTS (
        SELECT FROM orders_order o
        JOIN accounts_customer c ON c.tenant_id = o.tenant_id AND c.id = o.customer_id AND c.erased_at IS NOT NULL
        WHERE o.tenant_id = n.tenant_id AND o.id IN (n.object_id, (n.content->>'order_id')::uuid)
    )
"""
_log = structlog.get_logger("hansa.notifications")


def send(*, notification_id: UUID, attempt: int, is_last: bool, now: datetime) -> None:
    """Send a notification that this worker has started (Note [Leases]), and note that it is sent.

    No row is locked and no connection is held while the mail server is asked. What it refuses for good (5xx)
    is given up: the status says so; so is the last of all attempts. Raises NotDelivered: then try again later.
    """
    with transaction():  # one for all that the letter reads
        notification = Notification.objects.get(pk=notification_id)
        letter = _write(notification)
    connection.close()
    try:
        _deliver(notification, letter)
    except Exception as failure:  # whatever the way to the mail server does, it is noted
        reason = f"{type(failure).__name__}: {failure}"
        _log.warning("notification_not_delivered", notification_id=str(notification_id), reason=reason)
        if not (_is_permanent(failure) or is_last):
            message = f"The mail server did not take it: {reason}"
            raise NotDelivered(message) from failure
        _note(notification_id, attempt, Notification.Status.FAILED, reason, now)
    else:
        _note(notification_id, attempt, Notification.Status.SENT, "", now)


def send_again(*, notification_id: UUID, now: datetime) -> None:
    """Let a notification be sent that was given up, or waits for its next attempt.

    What was in a letter about an account is forgotten, so it cannot be sent again. Raises AlreadySent,
    NotificationNotFound.
    """
    with transaction():
        found = Notification.objects.exclude(kind=Kind.ACCOUNT)
        found = found.filter(pk=notification_id, status__in=(Notification.Status.FAILED, Notification.Status.PENDING))
        if found.update(status=Notification.Status.PENDING, failures=0, available_at=now, updated_at=now):
            wake_workers()
            return
        notification = Notification.objects.filter(pk=notification_id).first()
    if notification is None:
        message = f"There is no notification {notification_id}."
        raise NotificationNotFound(message)
    message = f"It cannot be sent again: {notification.get_status_display().lower()}."
    raise AlreadySent(message)


def _write(notification: Notification) -> Letter:
    if notification.kind == Kind.ACCOUNT:
        return account_letter(notification)
    return write(notification)


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


def _note(notification_id: UUID, attempt: int, status: Notification.Status, error: str, now: datetime) -> None:
    """Note how it ended, unless the lease is over and somebody else has started it meanwhile.

    A letter about an order whose buyer had themselves forgotten before it was sent is the last of it, and is deleted.
    """
    ended = {"status": status, "last_error": error.replace("\x00", "")[:2000], "now": now}
    with transaction(), together():
        tell(_END, {"id": notification_id, "attempt": attempt, **ended})
        tell(_FORGET_IF_ERASED, {"id": notification_id})


def _is_permanent(failure: Exception) -> bool:
    """Tell whether the mail server said no for good (RFC 5321: 5xx)."""
    if isinstance(failure, SMTPRecipientsRefused):
        return all(code in _PERMANENT for code, _ in failure.recipients.values())
    return isinstance(failure, SMTPDataError | SMTPSenderRefused) and failure.smtp_code in _PERMANENT
