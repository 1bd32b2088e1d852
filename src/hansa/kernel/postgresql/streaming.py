"""Read more rows than fit into memory, by one cursor of the server, while other work goes on.

The rows come through a connection of their own, so that the thread's own one stays free for short
transactions: progress, leases. They are those of one instant, that of the statement's start.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

FETCHED_ROWS = 500
"""How many rows come in one message."""


class Stream:
    """A transaction of the current tenant, for reading."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        """Take the connection, which has its transaction open."""
        self._connection = connection

    def one(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401  (any column)
        """Return the first column of the first row."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchone()[0]

    def all(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Return all rows: for statements with few of them."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
        """Yield the rows as they come, FETCHED_ROWS of them in memory."""
        with self._connection.chunked_cursor() as cursor:
            cursor.execute(sql, parameters)
            while fetched := cursor.fetchmany(FETCHED_ROWS):
                yield from fetched


@contextmanager
def streaming() -> Iterator[Stream]:
    """Open a connection to read from, and give it back when the block ends."""
    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        connection.set_autocommit(False)
        with connection.cursor() as cursor:
            # However long the reader takes between two messages.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield Stream(connection)
    finally:
        if connection.connection is not None:
            connection.rollback()
        connection.close()
