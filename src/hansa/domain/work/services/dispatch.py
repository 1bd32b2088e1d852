"""The dispatcher: it finds what is due, in one statement for all tenants, and puts it into queues.

Any number of them may run, one in each `hansa worker`. The *leader*, who holds a lock of the database
as long as its connection lives, alone puts exclusive duties into queues; when it dies, another becomes the
leader. Jobs are claimed row by row, so nobody gets what another has. Where a broker hands the work to
Celery's workers, only the leader dispatches.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Protocol
from uuid import UUID

import psycopg
import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from hansa.domain.tenants.selectors import get_tenants
from hansa.domain.work.registry import RegisteredJob, all_duties, all_jobs
from hansa.domain.work.services.jobs import offer_jobs, withdraw_offer
from hansa.domain.work.types import Queue, RegisteredDuty
from hansa.kernel import clock
from hansa.kernel.errors import Unavailable
from hansa.kernel.postgresql.wakeup import Listener
from hansa.kernel.tenancy import tenant_scope

POLL_SECONDS = 0.5
"""How long a dispatcher waits for a wake-up call before it looks by itself."""
_LEADERS_LOCK = 0x68616E73  # "hans"
_AWAY = (DatabaseError, InterfaceError, Unavailable, psycopg.Error)

type Due = Mapping[str, list[UUID]]
"""Tenants by the function that named them."""

_log = structlog.get_logger("hansa.worker")


class WorkQueue(Protocol):
    """Where the dispatcher puts work."""

    is_shared: bool
    """Whether what is put there is done by whoever comes, on any machine."""

    def free(self, queue: Queue) -> int:
        """Return how much more it should take right now. Raises Unavailable."""

    def put(self, queue: Queue, name: str, tenant_id: UUID, job_id: UUID | None) -> None:
        """Take one duty or job. Raises Unavailable."""

    def wait_for_room(self, seconds: float) -> None:
        """Return when there may be room again, at the latest after `seconds`."""


class Dispatcher:
    """Looks for work until it is told to stop."""

    def __init__(self, queue: WorkQueue) -> None:
        """Take the queue that the work goes into."""
        self._queue = queue
        self._listener: Listener | None = None
        self._is_leader = False
        self._next_turn: dict[str, float] = {}

    def run(self, pause: Callable[[float], bool]) -> None:
        """Dispatch until `pause(seconds)` says that it is time to stop; waits for a database or broker that is away."""
        while not pause(0):
            try:
                listener = self._listening()
                is_crowded = (self._is_leader or not self._queue.is_shared) and self._dispatch(listener)
                if is_crowded:
                    self._queue.wait_for_room(POLL_SECONDS)
                else:
                    listener.wait(POLL_SECONDS)
            except _AWAY as error:
                _log.warning("work_interrupted", reason=str(error).strip())
                self._hang_up()
                connection.close()
                pause(POLL_SECONDS)
        self._hang_up()
        connection.close()

    def _listening(self) -> Listener:
        if self._listener is None:
            self._listener = Listener()
        if not self._is_leader:
            answer = self._listener.connection.execute("SELECT pg_try_advisory_lock(%s)", [_LEADERS_LOCK]).fetchone()
            self._is_leader = bool(answer and answer[0])
        return self._listener

    def _hang_up(self) -> None:
        if self._listener is not None:
            self._listener.close()
        self._listener, self._is_leader = None, False
        self._next_turn.clear()  # what was due may not have got into its queue

    def _dispatch(self, listener: Listener) -> bool:
        """Put what is due into the queues; tells whether some of it found no room."""
        duties = [duty for duty in all_duties() if self._is_turn(duty)]
        due = _ask_due(listener, {*(duty.due for duty in duties), *(job.due for job in all_jobs())})
        for duty in duties:
            for tenant_id in due.get(duty.due, ()):
                self._queue.put(Queue.QUICK, duty.name, tenant_id, None)
        offers = [self._offer(one, due[one.due]) for one in all_jobs() if one.due in due]
        connection.close()
        return not all(offers)

    def _is_turn(self, duty: RegisteredDuty) -> bool:
        if duty.is_exclusive and not self._is_leader:
            return False
        now = time.monotonic()
        if self._next_turn.get(duty.name, 0.0) > now:
            return False
        self._next_turn[duty.name] = now + settings.SCHEDULE[duty.name]
        return True

    def _offer(self, registered: RegisteredJob, tenant_ids: list[UUID]) -> bool:
        """Put jobs into their queue, an equal share for each tenant; tells whether there was room for all."""
        room = self._queue.free(registered.queue)
        for position, tenant in enumerate(get_tenants(tenant_ids)):
            share = -(-room // (len(tenant_ids) - position))
            if share <= 0:
                return False
            with tenant_scope(tenant):
                ids = offer_jobs(registered.model, most=share, now=clock.now())
                self._put_all(registered, tenant.id, ids)
            room -= len(ids)
        return room > 0

    def _put_all(self, registered: RegisteredJob, tenant_id: UUID, ids: list[UUID]) -> None:
        for position, job_id in enumerate(ids):
            try:
                self._queue.put(registered.queue, registered.name, tenant_id, job_id)
            except Unavailable:
                withdraw_offer(registered.model, ids[position:], now=clock.now())
                raise


def _ask_due(listener: Listener, functions: set[str]) -> Due:
    """Ask all functions at once which tenants have something due."""
    # The functions' names are constants of ours: they stand in decorators.
    each = [f"SELECT '{name}', t FROM {name}(%(now)s) AS t" for name in sorted(functions)]  # noqa: S608
    due: dict[str, list[UUID]] = defaultdict(list)
    for name, tenant_id in listener.connection.execute(" UNION ALL ".join(each), {"now": clock.now()}).fetchall():
        due[name].append(tenant_id)
    return due
