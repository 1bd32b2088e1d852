"""Do one thing that the dispatcher put into a queue: the body of every task."""

from collections import Counter
from datetime import datetime
from uuid import UUID

import structlog
from django.db import connection
from structlog.contextvars import bound_contextvars

from hansa.domain.tenants.selectors import get_tenants
from hansa.domain.work.registry import all_duties, all_jobs, get_duty, get_job
from hansa.domain.work.services.jobs import offer_jobs, run_job
from hansa.kernel import clock
from hansa.kernel.faultpoints import passing
from hansa.kernel.tenancy import tenant_scope

_MOST_STARTS = 20
"""A job that is due again each time, as one that is done every hour when asked for tomorrow's work, is left then."""

_log = structlog.get_logger("hansa.worker")


def perform(name: str, tenant_id: UUID, job_id: UUID | None = None) -> None:
    """Do the duty `name` for a tenant, or the job with this id; a failure is logged, and what is due stays due."""
    try:
        for tenant in get_tenants([tenant_id]):
            with tenant_scope(tenant), bound_contextvars(tenant=tenant.slug, task=name):
                if job_id is None:
                    passing(f"started {name}")
                    get_duty(name).run(clock.now())
                    passing(f"ending {name}")
                else:
                    run_job(get_job(name), job_id, now=clock.now())
    except Exception:  # noqa: BLE001  (whatever one task does for one tenant, the others go on)
        _log.exception("duty_failed" if job_id is None else "job_interrupted", tenant_id=str(tenant_id), task=name)
    finally:
        connection.close()


def work_off(*, now: datetime) -> None:
    """Do all that is due for the current tenant, until nothing is: for commands and tests."""
    for duty in all_duties():
        if duty.is_exclusive:
            duty.run(now)
    done: Counter[UUID] = Counter()
    while True:
        for duty in all_duties():
            if not duty.is_exclusive:
                duty.run(now)
        if not _do_jobs(now, done):
            return


def _do_jobs(now: datetime, done: Counter[UUID]) -> bool:
    """Do the jobs that are due now, none for ever; tells whether there were any."""
    is_news = False
    for registered in all_jobs():
        for job_id in offer_jobs(registered.model, most=1000, now=now):
            if done[job_id] < _MOST_STARTS:
                done[job_id] += 1
                is_news = run_job(registered, job_id, now=now) or is_news
    return is_news
