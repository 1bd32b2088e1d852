"""Offer, start and end jobs: Note [Leases]. Each function is a short transaction on the job's own row."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet

from hansa.domain.work.errors import JobLost, Later
from hansa.domain.work.models import OPEN, Job, JobStatus
from hansa.domain.work.registry import HeldJob, RegisteredJob
from hansa.kernel import clock
from hansa.kernel.errors import Unavailable
from hansa.kernel.faultpoints import passing
from hansa.kernel.postgresql.batches import tell
from hansa.kernel.transactions import transaction

OFFER_LEASE = timedelta(seconds=30)
"""How long a message may wait in a queue before the job is offered again."""

_START = """
    UPDATE {table} SET status = 'running', attempts = attempts + 1, available_at = %(available_at)s
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND id = %(id)s AND status = 'pending'
    RETURNING attempts, failures
"""
_log = structlog.get_logger("hansa.worker")


def offer_jobs(model: type[Job], *, most: int, now: datetime) -> list[UUID]:
    """Claim up to `most` jobs of the current tenant that are due, to put them into a queue; the oldest first."""
    with transaction():
        due = model._default_manager.filter(status__in=OPEN, available_at__lte=now).order_by("available_at", "id")
        ids = list(due.select_for_update(skip_locked=True).values_list("id", flat=True)[:most])
        if ids:
            model._default_manager.filter(id__in=ids).update(status=JobStatus.PENDING, available_at=now + OFFER_LEASE)
    return ids


def withdraw_offer(model: type[Job], ids: list[UUID], *, now: datetime) -> None:
    """Let jobs be offered again at once that did not get into a queue."""
    with transaction():
        model._default_manager.filter(id__in=ids, status=JobStatus.PENDING).update(available_at=now)


def start_job(registered: RegisteredJob, job_id: UUID, *, now: datetime) -> HeldJob | None:
    """Start a job; None when there is nothing to start: somebody else has, or it is over."""
    values = {"id": job_id, "available_at": now + registered.lease}
    with transaction():
        rows = tell(_START.format(table=registered.model._meta.db_table), values)
    if not rows:
        return None
    attempt, failures = (int(value or 0) for value in rows[0])
    return HeldJob(registered.model, job_id, attempt, failures, registered.lease)


def extend_lease(held: HeldJob, *, now: datetime) -> None:
    """Hold on to a job that takes longer; joins the caller's transaction. Raises JobLost."""
    with transaction():
        if not _held(held).update(available_at=now + held.lease):
            message = f"somebody else works on {held.model.__name__} {held.id}"
            raise JobLost(message)


def run_job(registered: RegisteredJob, job_id: UUID, *, now: datetime) -> bool:
    """Start a job, do it, and note how it ended; tells whether there was anything to do."""
    held = start_job(registered, job_id, now=now)
    if held is None:
        return False
    passing(f"started {registered.name}")
    try:
        registered.run(held)
        passing(f"ending {registered.name}")
    except JobLost as lost:
        _log.warning("job_lost", job=registered.name, job_id=str(job_id), reason=str(lost))
    except Later as later:
        passing(f"ending {registered.name}")
        failures = held.failures if later.reason else 0
        _end(held, JobStatus.PENDING, later.reason, available_at=later.at, failures=failures)
    except (Unavailable, OperationalError, InterfaceError) as error:
        _try_again(registered, held, error)
    except Exception as error:  # noqa: BLE001  (whatever is wrong with one job is noted in its row)
        _end(held, JobStatus.FAILED, f"{type(error).__name__}: {error}")
        _log.exception("job_failed", job=registered.name, job_id=str(job_id))
    else:
        if not registered.ends_itself:
            _end(held, JobStatus.DONE, "")
    return True


def retry_job(model: type[Job], job_id: UUID, *, now: datetime) -> bool:
    """Let a job that has failed be tried again, as if for the first time; tells whether it had failed."""
    with transaction():
        failed = model._default_manager.filter(id=job_id, status=JobStatus.FAILED)
        return bool(failed.update(status=JobStatus.PENDING, failures=0, available_at=now))


def _try_again(registered: RegisteredJob, held: HeldJob, error: Exception) -> None:
    is_over = held.failures >= len(registered.pauses)
    _log.warning("job_unavailable", job=registered.name, job_id=str(held.id), reason=str(error), gives_up=is_over)
    reason = f"{type(error).__name__}: {error}"
    if is_over:
        _end(held, JobStatus.FAILED, reason)
    else:
        pause = registered.pauses[held.failures]
        _end(held, JobStatus.PENDING, reason, available_at=clock.now() + pause, failures=held.failures + 1)


def _end(held: HeldJob, status: JobStatus, reason: str, **changes: datetime | int) -> None:
    """Note the end, unless the job has another status by its own doing, or another holder by now."""
    reason = reason.replace("\x00", "")[:2000]
    with transaction():
        _held(held).update(status=status, last_error=reason, updated_at=clock.now(), **changes)


def _held(held: HeldJob) -> QuerySet[Job]:
    return held.model._default_manager.filter(id=held.id, status=JobStatus.RUNNING, attempts=held.attempt)
