"""Jobs: offered, started, ended, whoever dies meanwhile. The table is that of imports, the work our own."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from hansa.domain.imports.models import ImportRun
from hansa.domain.work.errors import JobLost, Later
from hansa.domain.work.models import JobStatus
from hansa.domain.work.registry import LEASE, HeldJob, RegisteredJob
from hansa.domain.work.services.jobs import (
    OFFER_LEASE,
    extend_lease,
    offer_jobs,
    retry_job,
    run_job,
    start_job,
    withdraw_offer,
)
from hansa.domain.work.types import Queue
from hansa.kernel import clock
from hansa.kernel.errors import Unavailable
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction

PAUSES = (timedelta(seconds=1), timedelta(seconds=60))


@pytest.fixture(autouse=True)
def entered_shop(shop: TenantContext) -> Iterator[TenantContext]:
    with tenant_scope(shop):
        yield shop


def waiting_job() -> UUID:
    with transaction():
        return ImportRun.objects.create(file_name="a.csv", storage_name="a", available_at=clock.now()).pk


def work(run: Callable[[HeldJob], None]) -> RegisteredJob:
    return RegisteredJob("hansa.test", run, ImportRun, Queue.BULK, LEASE, PAUSES)


def row(job_id: UUID) -> ImportRun:
    with transaction():
        return ImportRun.objects.get(pk=job_id)


def nothing(_: HeldJob) -> None:
    pass


def test_a_job_is_offered_once_and_again_when_nobody_came() -> None:
    job_id, now = waiting_job(), clock.now()
    assert offer_jobs(ImportRun, most=10, now=now) == [job_id]
    assert offer_jobs(ImportRun, most=10, now=now) == []
    assert offer_jobs(ImportRun, most=10, now=now + OFFER_LEASE) == [job_id]


def test_an_offer_that_did_not_get_into_a_queue_is_made_again_at_once() -> None:
    job_id, now = waiting_job(), clock.now()
    withdraw_offer(ImportRun, offer_jobs(ImportRun, most=10, now=now), now=now)
    assert offer_jobs(ImportRun, most=10, now=now) == [job_id]


def test_the_rival_is_offered_nothing(rival: TenantContext) -> None:
    waiting_job()
    with tenant_scope(rival):
        assert offer_jobs(ImportRun, most=10, now=clock.now()) == []


def test_of_many_messages_one_starts_it() -> None:
    job_id = waiting_job()
    done: list[int] = []
    barrier = threading.Barrier(8)
    tenant = row(job_id).tenant_id

    def one(shop: TenantContext) -> None:
        with tenant_scope(shop):
            barrier.wait()
            run_job(work(lambda held: done.append(held.attempt)), job_id, now=clock.now())
        connection.close()

    from hansa.domain.tenants.selectors import get_tenants
    from hansa.kernel.tenancy import without_tenant

    with without_tenant():
        (shop,) = get_tenants([tenant])
    threads = [threading.Thread(target=one, args=(shop,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [1]
    assert row(job_id).status == JobStatus.DONE


def test_a_job_whose_worker_died_is_done_by_another_and_the_first_writes_nothing_more() -> None:
    job_id, now = waiting_job(), clock.now()
    lost = start_job(work(nothing), job_id, now=now)
    assert lost
    assert offer_jobs(ImportRun, most=10, now=now + LEASE - timedelta(seconds=1)) == []
    assert offer_jobs(ImportRun, most=10, now=now + LEASE) == [job_id]
    with pytest.raises(JobLost):
        extend_lease(lost, now=now)
    second = start_job(work(nothing), job_id, now=now)
    assert second
    assert second.attempt == lost.attempt + 1
    with pytest.raises(JobLost):
        extend_lease(lost, now=now)
    extend_lease(second, now=now + timedelta(minutes=5))
    assert offer_jobs(ImportRun, most=10, now=now + timedelta(minutes=5)) == []


def test_what_is_unavailable_is_tried_again_after_each_pause_and_then_given_up() -> None:
    def away(_: HeldJob) -> None:
        message = "The server is away."
        raise Unavailable(message)

    job_id = waiting_job()
    for pause in PAUSES:
        before = clock.now()
        run_job(work(away), job_id, now=before)
        assert row(job_id).status == JobStatus.PENDING
        assert before + pause <= row(job_id).available_at <= clock.now() + pause
    run_job(work(away), job_id, now=clock.now())
    assert (row(job_id).status, row(job_id).last_error) == (JobStatus.FAILED, "Unavailable: The server is away.")
    assert retry_job(ImportRun, job_id, now=clock.now())
    assert not retry_job(ImportRun, job_id, now=clock.now())
    run_job(work(nothing), job_id, now=clock.now())
    assert (row(job_id).status, row(job_id).last_error) == (JobStatus.DONE, "")


def test_a_bug_is_not_repeated() -> None:
    def broken(_: HeldJob) -> None:
        message = "nobody thought of this\x00"
        raise ZeroDivisionError(message)

    job_id = waiting_job()
    run_job(work(broken), job_id, now=clock.now())
    assert row(job_id).status == JobStatus.FAILED
    assert row(job_id).last_error == "ZeroDivisionError: nobody thought of this"


def test_a_job_that_goes_on_later_has_not_failed() -> None:
    later = clock.now() + timedelta(hours=1)

    def pauses(_: HeldJob) -> None:
        raise Later(later)

    job_id = waiting_job()
    run_job(work(pauses), job_id, now=clock.now())
    assert (row(job_id).status, row(job_id).available_at, row(job_id).failures) == (JobStatus.PENDING, later, 0)


def test_a_job_that_gave_its_row_another_status_keeps_it() -> None:
    def cancels(held: HeldJob) -> None:
        with transaction():
            ImportRun.objects.filter(pk=held.id).update(status=ImportRun.Status.CANCELLED)

    job_id = waiting_job()
    run_job(work(cancels), job_id, now=clock.now())
    assert row(job_id).status == ImportRun.Status.CANCELLED
    assert not run_job(work(nothing), job_id, now=clock.now())
