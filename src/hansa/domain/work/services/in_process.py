"""The queue of an installation without a broker: threads of the worker's own process."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from hansa.domain.work.services.perform import perform
from hansa.domain.work.services.stopping import stopping
from hansa.domain.work.types import Queue

_AHEAD = 3
"""How many times as much as there are threads is taken."""

type _Task = tuple[str, UUID, UUID | None]


class Threads:
    """Does what is put into it, in as many threads for each queue as it is given."""

    is_shared = False

    def __init__(self, threads: Mapping[Queue, int]) -> None:
        """Take the number of threads for each queue."""
        self._room = {queue: _AHEAD * size for queue, size in threads.items()}
        self._pools = {queue: ThreadPoolExecutor(size, f"hansa-{queue}") for queue, size in threads.items()}
        self._taken: dict[Queue, set[_Task]] = {queue: set() for queue in threads}
        self._has_changed = threading.Condition()

    def free(self, queue: Queue) -> int:
        """Return how much more fits in: a thread that is done finds its next work there."""
        with self._has_changed:
            return self._room[queue] - len(self._taken[queue])

    def put(self, queue: Queue, name: str, tenant_id: UUID, job_id: UUID | None) -> None:
        """Do it as soon as a thread is free; a duty that waits there already need not wait twice."""
        task = (name, tenant_id, job_id)
        with self._has_changed:
            if task in self._taken[queue]:
                return
            self._taken[queue].add(task)
        self._pools[queue].submit(perform, *task).add_done_callback(lambda _: self._done(queue, task))

    def wait_for_room(self, seconds: float) -> None:
        """Return when something is done, or after `seconds`."""
        with self._has_changed:
            self._has_changed.wait(seconds)

    def stop(self) -> None:
        """Let what runs come to its end; what has not begun is offered again by somebody."""
        with stopping():
            for pool in self._pools.values():
                pool.shutdown(wait=False, cancel_futures=True)
            for pool in self._pools.values():
                pool.shutdown(wait=True)

    def _done(self, queue: Queue, task: _Task) -> None:
        with self._has_changed:
            self._taken[queue].discard(task)
            self._has_changed.notify_all()
