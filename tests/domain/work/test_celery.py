"""What Celery is told: a task for each duty and job, and nothing lost with a worker."""

from datetime import datetime, timedelta

import pytest
from kombu.exceptions import OperationalError

from hansa.config.celery import BULK_SECONDS, QUICK_SECONDS, RECONNECT_SECONDS, make_celery
from hansa.domain.work.registry import LEASE, all_duties, all_jobs
from hansa.domain.work.services.broker import Messages
from hansa.domain.work.types import Queue
from hansa.kernel import clock
from hansa.kernel.ids import uuid7


@pytest.mark.parametrize("url", ["amqp://guest:guest@127.0.0.1:1//", "redis://127.0.0.1:1/0"])
def test_each_duty_and_job_is_a_task_that_is_acknowledged_when_it_is_done(url: str) -> None:
    app = make_celery(url)
    names = {*(duty.name for duty in all_duties()), *(job.name for job in all_jobs())}
    assert names == {name for name in app.tasks if not name.startswith("celery.")}
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1


def test_rabbitmq_keeps_messages_in_quorum_queues_and_confirms_them() -> None:
    conf = make_celery("amqp://guest:guest@127.0.0.1:1//").conf
    assert conf.task_default_queue_type == "quorum"
    assert conf.broker_transport_options["confirm_publish"] is True


@pytest.mark.parametrize("url", ["amqp://guest:guest@127.0.0.1:1//", "redis://127.0.0.1:1/0"])
def test_a_broker_that_was_long_away_is_found_soon_after_it_is_back(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kombu.utils.functional.sleep", lambda _: None)
    pauses: list[float] = []
    app = make_celery(url)
    assert app.conf.broker_connection_max_retries is None, "nor does a worker ever give up"
    with app.connection_for_read() as connection, pytest.raises(OperationalError):
        connection.ensure_connection(lambda _, pause: pauses.append(pause), max_retries=50)
    assert len(pauses) > 40
    assert max(pauses) <= RECONNECT_SECONDS


def test_redis_gives_nobody_a_task_that_is_still_running() -> None:
    conf = make_celery("redis://127.0.0.1:1/0").conf
    assert conf.broker_transport_options["visibility_timeout"] > 2 * BULK_SECONDS


def test_a_short_task_is_ended_before_its_lease_is() -> None:
    assert LEASE.total_seconds() > QUICK_SECONDS
    app = make_celery("redis://127.0.0.1:1/0")
    for job in all_jobs():
        limit = app.tasks[job.name].time_limit
        assert job.queue is Queue.BULK or limit < job.lease.total_seconds(), job.name


@pytest.mark.parametrize(("name", "seconds"), [("hansa.events.relay", 15), ("hansa.checkout.forget_keys", 3600)])
def test_a_duty_s_message_waits_for_a_worker_until_the_duty_s_next_turn(name: str, seconds: float) -> None:
    app = make_celery("memory://")
    sent_at = clock.now()
    Messages().put(Queue.QUICK, name, uuid7(), None)
    with app.connection_for_read() as connection:
        message = connection.SimpleQueue(Queue.QUICK.value).get(timeout=5)
    waits = datetime.fromisoformat(message.headers["expires"]) - sent_at
    assert timedelta(seconds=seconds) <= waits < timedelta(seconds=seconds + 60)
