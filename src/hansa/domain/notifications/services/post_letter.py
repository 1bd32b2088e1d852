"""Post a letter that nothing else holds: a code, a word about the account."""

from datetime import datetime

from django.conf import settings

from hansa.domain.notifications.models import Kind, Notification
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.transactions import transaction


def post_letter(*, recipient: str, name: str, code: str, now: datetime, language: str = "") -> None:
    """Write the letter `name` (`account_texts.py`) into the caller's transaction; a worker sends it.

    So nobody waits for the mail server, and nobody can tell by it who is known. What it says is forgotten
    as soon as it is sent or given up. `language` is the one that the request asks for.
    """
    with transaction():
        letter = Notification(id=uuid7(), kind=Kind.ACCOUNT, recipient=recipient[:254], available_at=now)
        letter.object_id = letter.id
        letter.message_id = f"<{letter.id}@{settings.BASE_DOMAIN}>"
        letter.content = {"name": name, "code": code, "language": language}
        letter.save()
        wake_workers()
