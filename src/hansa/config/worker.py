"""What `hansa worker` runs: everything in one process, or with a broker one process for each kind of work."""

import os
import socket
from collections.abc import Callable

from hansa.config.celery import make_celery
from hansa.config.lifetime import MAIN_PROCESS
from hansa.config.supervisor import supervise
from hansa.domain.work.services.broker import Messages
from hansa.domain.work.services.dispatch import Dispatcher
from hansa.domain.work.services.in_process import Threads
from hansa.domain.work.types import Queue
from hansa.kernel.lifetime import end_with_parent

NET_AT_ONCE = 16
"""How much waits for other people's servers at the same time; it takes no processor."""

type Pause = Callable[[float], bool]
"""Waits so many seconds; true when it is time to stop."""


def work(*, broker_url: str, concurrency: int, pause: Pause) -> None:
    """Work until told to stop: alone from the database, or with Celery's workers."""
    if not broker_url:
        threads = Threads(_at_once(concurrency))
        Dispatcher(threads).run(pause)
        threads.stop()
        return
    os.environ[MAIN_PROCESS] = str(os.getpid())
    parts = [["worker", "--part", "dispatch"]]
    for queue, at_once in _at_once(concurrency).items():
        # Letters and deliveries are written before anybody waits, by threads that share one processor.
        processes = concurrency if queue is Queue.NET else 1
        parts += [["worker", "--part", queue.value, "--concurrency", str(at_once)]] * processes
    supervise(parts, pause=pause)


def work_part(part: str, *, broker_url: str, concurrency: int, pause: Pause) -> None:
    """Be one process of a worker with a broker: the dispatcher, or a Celery worker of one queue."""
    app = make_celery(broker_url)
    if part == "dispatch":
        Dispatcher(Messages()).run(pause)
        return
    from celery import signals  # noqa: PLC0415

    signals.setup_logging.connect(_keep_logging, weak=False)
    signals.worker_process_init.connect(_end_with_celery, weak=False)
    app.worker_main(
        [
            "worker",
            f"--queues={part}",
            f"--hostname={part}-{os.getpid()}@{socket.gethostname()}",
            f"--concurrency={concurrency}",
            f"--pool={'threads' if part == Queue.NET else 'prefork'}",
            *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING"),
        ]
    )


def _at_once(concurrency: int) -> dict[Queue, int]:
    return {Queue.QUICK: concurrency, Queue.NET: NET_AT_ONCE, Queue.BULK: max(1, concurrency // 2)}


def _keep_logging(**_: object) -> None:
    """Do nothing: Celery sets up no logging where somebody listens to this signal, and ours is set up."""


def _end_with_celery(**_: object) -> None:
    """Let no process of a pool outlive the Celery worker that it belongs to."""
    end_with_parent(os.getppid())
