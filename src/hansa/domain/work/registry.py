"""What there is to do: duties and jobs announce themselves when their context is loaded.

Each becomes a Celery task, whoever runs it in the end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hansa.domain.work.models import Job
from hansa.domain.work.types import Queue, RegisteredDuty


@dataclass(frozen=True, slots=True)
class HeldJob:
    """A job that was started, by whom it was started."""

    model: type[Job]
    id: UUID
    attempt: int
    failures: int
    lease: timedelta


@dataclass(frozen=True, slots=True)
class RegisteredJob:
    """Work on the rows of one table."""

    name: str
    run: Callable[[HeldJob], None]
    model: type[Job]
    queue: Queue
    lease: timedelta
    pauses: tuple[timedelta, ...]
    """How long to wait after each start that met Unavailable; when they are used up, the job has failed."""
    ends_itself: bool = False
    """Whether it gives the row its end in the transaction in which it notes what it did."""

    @property
    def due(self) -> str:
        """The SQL function that names the tenants with such jobs."""
        return f"{self.model._meta.db_table}_due"


LEASE = timedelta(seconds=30)
"""Longer than a quick job takes, shorter than anybody wants to wait for one whose worker died."""
PAUSES = tuple(timedelta(seconds=2**power) for power in range(10))
"""1 s, 2 s, 4 s …: about a quarter of an hour."""

_duties: dict[str, RegisteredDuty] = {}
_jobs: dict[str, RegisteredJob] = {}


def duty[D: Callable[[datetime], None]](*, due: str, is_exclusive: bool = True) -> Callable[[D], D]:
    """Register a duty for each tenant that the SQL function `due` names; `config/schedule.py` says how often.

    The function is one that `kernel.isolation.ExposeDue` made. The duty runs with the tenant entered
    and outside a transaction, and may run twice at the same time.
    """

    def register(run: D) -> D:
        name = task_name(run)
        _duties[name] = RegisteredDuty(name=name, run=run, due=due, is_exclusive=is_exclusive)
        return run

    return register


def job[J: Callable[[HeldJob], None]](
    model: type[Job],
    *,
    queue: Queue,
    lease: timedelta = LEASE,
    pauses: tuple[timedelta, ...] = PAUSES,
    ends_itself: bool = False,
) -> Callable[[J], J]:
    """Register what is done with each row of a table of jobs.

    It runs with the tenant entered and outside a transaction. When it returns, the row is done, unless
    it gave the row another status itself; one that always does says so (`ends_itself`). Later: it is
    started again then. Unavailable: again after a pause. Anything else is a bug or a fact that no
    repetition changes: the row has failed, says why, and waits for somebody to try it again. Who takes
    longer than the lease calls `extend_lease`.
    """

    def register(run: J) -> J:
        name = task_name(run)
        _jobs[name] = RegisteredJob(
            name=name, run=run, model=model, queue=queue, lease=lease, pauses=pauses, ends_itself=ends_itself
        )
        return run

    return register


def all_duties() -> tuple[RegisteredDuty, ...]:
    """Return every duty."""
    return tuple(_duties.values())


def all_jobs() -> tuple[RegisteredJob, ...]:
    """Return every kind of job."""
    return tuple(_jobs.values())


def get_duty(name: str) -> RegisteredDuty:
    """Return the duty of this name. Raises KeyError."""
    return _duties[name]


def get_job(name: str) -> RegisteredJob:
    """Return the kind of job of this name. Raises KeyError."""
    return _jobs[name]


def task_name(function: Callable[..., object]) -> str:
    """Return the name of the task that a function becomes: `hansa.carts.tidy_carts`."""
    context = function.__module__.removeprefix("hansa.").removeprefix("domain.").split(".")[0]
    return f"hansa.{context}.{function.__qualname__}"
