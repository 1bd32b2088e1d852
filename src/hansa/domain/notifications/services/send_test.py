"""Send somebody a letter about a sample, to see how it looks where they read their e-mail."""

from datetime import datetime

from hansa.domain.notifications.models import Kind
from hansa.domain.notifications.services.notify import notify
from hansa.kernel.ids import uuid7


def send_test(*, kind: str, language: str, recipient: str, now: datetime) -> None:
    """Send the letter as it is saved."""
    content = {"kind": kind, "language": language}
    notify(kind=Kind.TEST, object_id=uuid7(), recipient=recipient, now=now, content=content)
