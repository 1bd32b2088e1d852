"""The end of a process's work with the database."""

from typing import cast

from django.db import connection

from hansa.kernel.postgresql.base import DatabaseWrapper


def close_connections() -> None:
    """Give this thread's connection back and close the pool, with the threads that serve it."""
    wrapper = cast("DatabaseWrapper", connection)
    wrapper.close()
    wrapper.close_pool()
