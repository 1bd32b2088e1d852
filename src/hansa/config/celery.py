"""Celery, where a broker is configured: its settings, and each duty and job as one of its tasks.

The defaults of Celery lose work or do it twice: a message is taken off its queue before the work is done,
and a worker that is killed takes it along. Ours is acknowledged afterwards and goes back when its worker is
lost; and should it come twice, or not at all, the database's row decides (Note [Leases] in `domain/work`).
"""

from typing import Any
from uuid import UUID

from celery import Celery
from celery.app.amqp import AMQP
from kombu.connection import Connection

from hansa.domain.work.registry import all_duties, all_jobs
from hansa.domain.work.services.perform import perform
from hansa.domain.work.types import Queue

QUICK_SECONDS = 25
"""A duty or handler that takes longer is ended: less than any lease."""
BULK_SECONDS = 900
"""A slice of an import: half of what RabbitMQ waits for an acknowledgement, and less than `visibility_timeout`."""
RECONNECT_SECONDS = 2
"""How often a worker asks for a broker that is away: kombu's own asks ever more seldom, in the end every 30 s."""


class _Connection(Connection):
    def ensure_connection(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401  (as kombu's own)
        options = {"interval_max": RECONNECT_SECONDS, **options}
        return super().ensure_connection(*args, **options)  # type: ignore[no-untyped-call]  # kombu has no types


class _Amqp(AMQP):  # type: ignore[misc]  # Celery has no types
    Connection = _Connection


def make_celery(broker_url: str) -> Celery:
    """Return the application, with a task for each duty and job that announced itself."""
    app = Celery("hansa", broker=broker_url, amqp=_Amqp, set_as_current=True)
    is_amqp = broker_url.startswith(("amqp", "pyamqp"))
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_acks_on_failure_or_timeout=True,  # what failed is due again in the database
        task_ignore_result=True,
        task_create_missing_queues=True,
        task_default_queue=Queue.QUICK.value,
        task_default_queue_type="quorum" if is_amqp else "classic",
        worker_detect_quorum_queues=is_amqp,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=3,
        broker_transport_options=(
            {"confirm_publish": True} if is_amqp else {"visibility_timeout": 3600, "socket_timeout": 5}
        ),
    )
    for duty in all_duties():
        _register(app, duty.name, QUICK_SECONDS)
    for job in all_jobs():
        _register(app, job.name, BULK_SECONDS if job.queue is Queue.BULK else QUICK_SECONDS)
    return app


def _register(app: Celery, name: str, seconds: int) -> None:
    def run(tenant_id: str, job_id: str | None = None) -> None:
        perform(name, UUID(tenant_id), UUID(job_id) if job_id else None)

    app.task(run, name=name, shared=False, time_limit=seconds + 3, soft_time_limit=seconds)
