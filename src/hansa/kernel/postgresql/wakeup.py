"""The wake-up call between processes: somebody committed something that waits.

Note [A wake-up is no message]: NOTIFY carries no news, only "look now"; who misses it looks a moment
later anyway. It is sent after the commit, by a thread that puts calls together, and never inside the
transaction: a transaction that notifies holds a lock of the whole installation while it waits for the
disk, so that all such commits would queue up one behind the other.
"""

import threading
from contextlib import suppress

import psycopg
from django.db import connection, transaction

from hansa.kernel.tenancy import without_tenant

CHANNEL = "hansa_work"
_GATHER_SECONDS = 0.02
"""Calls that come within this are one."""

_wanted = threading.Event()
_thread: threading.Thread | None = None
_starting = threading.Lock()


def wake_workers() -> None:
    """Wake the workers as soon as the open transaction is committed; at once outside one. Never raises."""
    transaction.on_commit(_call, robust=True)


class Listener:
    """A connection of its own that hears wake-up calls; it belongs to one thread."""

    def __init__(self) -> None:
        """Connect. Raises psycopg.OperationalError."""
        parameters = connection.get_connection_params()
        for ours in ("cursor_factory", "context", "pool"):
            parameters.pop(ours, None)
        self.connection = psycopg.connect(**parameters, autocommit=True)
        self.connection.execute(f"LISTEN {CHANNEL}")

    def wait(self, seconds: float) -> None:
        """Return at the next call, or after `seconds`. Raises psycopg.OperationalError when the connection is lost."""
        for _ in self.connection.notifies(timeout=seconds, stop_after=1):
            pass

    def close(self) -> None:
        """Hang up."""
        self.connection.close()


def _call() -> None:
    global _thread  # noqa: PLW0603  (one thread for the process)
    _wanted.set()
    if _thread is None or not _thread.is_alive():
        with _starting:
            if _thread is None or not _thread.is_alive():
                _thread = threading.Thread(target=_notify_for_ever, name="hansa-wakeup", daemon=True)
                _thread.start()


def _notify_for_ever() -> None:
    pause = threading.Event()
    while True:
        _wanted.wait()
        pause.wait(_GATHER_SECONDS)
        _wanted.clear()
        # Whatever is wrong with the database now, workers look by themselves.
        with suppress(Exception), without_tenant():
            try:
                with connection.cursor() as cursor:
                    cursor.execute(f"NOTIFY {CHANNEL}")
            finally:
                connection.close()
