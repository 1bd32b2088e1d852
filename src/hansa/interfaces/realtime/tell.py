"""Tell a group that something changed: after the commit, by a thread that puts news together.

Nobody waits for it, and nobody fails because of it: what is lost is in the feed's state (Note [A lost message]).
"""

import asyncio
import threading
from collections.abc import Iterable
from functools import partial

import structlog
from django.db import transaction

from hansa.interfaces.realtime.layer import make_layer

MESSAGE = "hansa.changed"
MOST_IDS = 100
"""In one message: 3.9 kB."""
MOST_WAITING = 10_000
"""Things; more than that are not told one by one while the layer is away."""
_GATHER_SECONDS = 0.05

_log = structlog.get_logger("hansa.realtime")
_lock = threading.Lock()
_waiting: dict[tuple[str, str], None] = {}
_wanted = threading.Event()
_thread: threading.Thread | None = None


def tell_changed(group: str, ids: Iterable[str]) -> None:
    """Tell the group that these things changed, when the open transaction is committed. Never raises."""
    transaction.on_commit(partial(_add, group, tuple(ids)), robust=True)


def _add(group: str, ids: tuple[str, ...]) -> None:
    global _thread  # noqa: PLW0603  (one thread for the process)
    with _lock:
        for one in ids:
            _waiting[group, one] = None
        while len(_waiting) > MOST_WAITING:
            _waiting.pop(next(iter(_waiting)))
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=lambda: asyncio.run(_tell_for_ever()), name="hansa-realtime", daemon=True)
            _thread.start()
    _wanted.set()


async def _tell_for_ever() -> None:
    layer = make_layer()
    pause = threading.Event()
    while True:
        _wanted.wait()  # nothing else runs on this thread's loop
        pause.wait(_GATHER_SECONDS)
        _wanted.clear()
        with _lock:
            news = list(_waiting)
            _waiting.clear()
        by_group: dict[str, list[str]] = {}
        for group, one in news:
            by_group.setdefault(group, []).append(one)
        try:
            for group, ids in by_group.items():
                for start in range(0, len(ids), MOST_IDS):
                    await layer.group_send(
                        group, {"type": MESSAGE, "group": group, "ids": ids[start : start + MOST_IDS]}
                    )
        except Exception as error:  # noqa: BLE001  (whatever is wrong with the layer, the feeds' state has it)
            _log.warning("realtime_not_told", reason=str(error).strip() or type(error).__name__)
