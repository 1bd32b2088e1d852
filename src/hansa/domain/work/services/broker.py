"""The queue of an installation with a broker: messages for Celery's workers, which may be lost (Note [Leases])."""

import time
from uuid import UUID

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError as KombuError

from hansa.domain.work.types import Queue
from hansa.kernel.errors import Unavailable

MOST_WAITING = 200
"""Messages that may wait in one queue: few enough to be started before their offers end."""
_EXPIRES_SECONDS = 15.0
"""A duty that nobody began until then is put in again, a rarer one with its next turn; the rows of jobs tell by
themselves that they are begun."""
_PATIENCE_SECONDS = 0.05
_AGAIN_SECONDS = 0.25
"""A duty is not put in twice within this."""


class BrokerAway(Unavailable):
    """The broker does not take messages right now; what is due stays due in the database."""

    code = "broker_away"


class Messages:
    """Tells Celery's workers what to do."""

    is_shared = True

    def __init__(self) -> None:
        """Know nothing yet of what was put in."""
        self._told: dict[tuple[str, UUID], float] = {}

    def free(self, queue: Queue) -> int:
        """Return how many more messages the queue should hold. Raises BrokerAway."""
        try:
            with current_app.connection_for_write() as connection, connection.channel() as channel:
                waiting = int(channel.queue_declare(queue.value, passive=True).message_count)
        except current_app.connection_for_write().channel_errors:
            waiting = 0  # no worker has made the queue yet
        except (KombuError, OSError, *current_app.connection_for_write().connection_errors) as error:
            raise _away(error) from error
        return max(0, MOST_WAITING - waiting)

    def put(self, queue: Queue, name: str, tenant_id: UUID, job_id: UUID | None) -> None:
        """Send a message. Raises BrokerAway."""
        now = time.monotonic()
        if job_id is None:
            if self._told.get((name, tenant_id), 0.0) > now - _AGAIN_SECONDS:
                return
            self._told[name, tenant_id] = now
        arguments = (str(tenant_id),) if job_id is None else (str(tenant_id), str(job_id))
        expires = max(_EXPIRES_SECONDS, settings.SCHEDULE[name]) if job_id is None else None
        try:
            current_app.send_task(name, arguments, queue=queue.value, expires=expires, retry=False)
        except (KombuError, OSError) as error:
            raise _away(error) from error

    def wait_for_room(self, seconds: float) -> None:  # noqa: ARG002  (a broker tells nobody that a queue got shorter)
        """Wait a moment."""
        time.sleep(_PATIENCE_SECONDS)


def _away(error: BaseException) -> BrokerAway:
    return BrokerAway(f"The broker does not answer: {str(error) or type(error).__name__}")
