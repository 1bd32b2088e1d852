"""The short way to read: enter the tenant and ask one question, in one message to the server.

`ask` is for threads and works inside a transaction too; `ask_async` is for endpoints that run on
the event loop, where a thread would cost more than the question. Both see what the current tenant
may see, and nothing else. Everything that is not hot uses the ORM.
"""

import asyncio
import select
from asyncio import AbstractEventLoop
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from django.db import DatabaseError, OperationalError, connection, connections
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from hansa.kernel.errors import Unavailable
from hansa.kernel.postgresql.base import DatabaseWrapper
from hansa.kernel.postgresql.statements import MAX_PREPARED, NotText, Statement, statement
from hansa.kernel.tenancy import get_current_tenant

STATEMENT_TIMEOUT_MILLISECONDS = 5000
_NO_ANSWER = "The database does not answer right now. Try again in a moment."
_ANSWERS = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)

_prepared: "WeakKeyDictionary[psycopg.Connection[Any], set[bytes]]" = WeakKeyDictionary()


class DatabaseUnavailable(Unavailable):
    """The database does not answer, or all connections are busy."""

    code = "database_unavailable"


def ask(sql: str, parameters: Mapping[str, Any]) -> PGresult:
    """Run one SELECT for the current tenant and return PostgreSQL's answer as it came, in text format.

    `sql` has `%(name)s` placeholders and must come from a small set of texts, because each is
    prepared. Raises NoTenant, NotText, DatabaseUnavailable, and what Django raises for other database
    errors.
    """
    tenant_id = get_current_tenant().id
    try:
        connection.ensure_connection()
        if connection.in_atomic_block:
            cast("DatabaseWrapper", connection).name_actor()
        with connection.wrap_database_errors:
            return _ask(statement(sql), parameters, None if connection.in_atomic_block else tenant_id)
    except OperationalError as error:
        raise DatabaseUnavailable(_NO_ANSWER) from error


def _ask(question: Statement, parameters: Mapping[str, Any], tenant_id: UUID | None) -> PGresult:
    raw: psycopg.Connection[Any] = connection.connection
    message = question.execute(raw.pgconn, parameters, tenant_id)
    prepared = prepared_on(raw)
    for preparation in preparations(prepared, question):
        checked(raw.pgconn.exec_(preparation))
    prepared.add(question.name)
    return checked(raw.pgconn.exec_(message))


async def ask_async(sql: str, parameters: Mapping[str, Any]) -> PGresult:
    """Do what `ask` does, on the event loop. Raises NoTenant, DatabaseUnavailable, DatabaseError."""
    return await _ask_async(statement(sql), parameters, get_current_tenant().id)


async def ask_installation_async(sql: str, parameters: Mapping[str, Any]) -> PGresult:
    """Do what `ask_async` does with no tenant entered: for the installation's own tables.

    Tenant-owned tables are empty here. Raises DatabaseUnavailable, DatabaseError.
    """
    return await _ask_async(statement(sql), parameters, None)


async def _ask_async(question: Statement, parameters: Mapping[str, Any], tenant_id: UUID | None) -> PGresult:
    pool = _pool()
    reader = await pool.take()
    try:
        message = question.execute(reader.pgconn, parameters, tenant_id)
        for preparation in preparations(reader.prepared, question):
            await reader.exchange(preparation)
        reader.prepared.add(question.name)
        answer = await reader.exchange(message)
    except NotText:
        pool.give_back(reader)
        raise
    except psycopg.OperationalError as error:
        await pool.drop(reader)
        raise DatabaseUnavailable(_NO_ANSWER) from error
    except psycopg.Error as error:
        await pool.drop(reader)
        raise DatabaseError(str(error)) from error
    except BaseException:
        # Cancelled half-way: an answer may still be under way, so this connection is done with.
        await pool.drop(reader)
        raise
    pool.give_back(reader)
    return answer


async def close_readers() -> None:
    """Close this event loop's connections; the process is about to end."""
    pool = _pools.pop(asyncio.get_running_loop(), None)
    if pool is not None:
        await pool.close()


class _Reader:
    """One connection of the event loop."""

    def __init__(self, raw: "psycopg.AsyncConnection[Any]") -> None:
        self.raw = raw
        self.pgconn: PGconn = raw.pgconn
        self.prepared: set[bytes] = set()

    async def exchange(self, message: bytes) -> PGresult:
        """Send one message and return the last of its answers."""
        loop = asyncio.get_running_loop()
        pgconn = self.pgconn
        pgconn.send_query(message)
        while pgconn.flush():
            await self._ready(loop.add_writer, loop.remove_writer)
        last: PGresult | None = None
        while True:
            while pgconn.is_busy():
                await self._ready(loop.add_reader, loop.remove_reader)
                pgconn.consume_input()
            answer = pgconn.get_result()
            if answer is None:
                break
            last = checked(answer)
        if last is None:
            closed = "the server closed the connection"
            raise psycopg.OperationalError(closed)
        return last

    async def _ready(self, watch: Any, unwatch: Any) -> None:  # noqa: ANN401  (the loop's own methods)
        ready = asyncio.get_running_loop().create_future()
        watch(self.pgconn.socket, _settle, ready)
        try:
            await ready
        finally:
            unwatch(self.pgconn.socket)


class _Pool:
    """The connections of one event loop: at most as many as Django's pool has, lent one by one."""

    def __init__(self, size: int) -> None:
        self._idle: list[_Reader] = []
        self._places = asyncio.Semaphore(size)

    async def take(self) -> _Reader:
        try:
            async with asyncio.timeout(10):
                await self._places.acquire()
        except TimeoutError:
            message = "All database connections are busy. Try again in a moment."
            raise DatabaseUnavailable(message) from None
        while self._idle:
            reader = self._idle.pop()
            if not _is_stale(reader.pgconn):
                return reader
            await reader.raw.close()
        try:
            return _Reader(await psycopg.AsyncConnection.connect(**_connection_parameters(), autocommit=True))
        except psycopg.OperationalError as error:
            self._places.release()
            raise DatabaseUnavailable(_NO_ANSWER) from error
        except BaseException:
            self._places.release()
            raise

    def give_back(self, reader: _Reader) -> None:
        self._idle.append(reader)
        self._places.release()

    async def drop(self, reader: _Reader) -> None:
        self._places.release()
        await reader.raw.close()

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().raw.close()


_pools: "WeakKeyDictionary[AbstractEventLoop, _Pool]" = WeakKeyDictionary()


def _pool() -> _Pool:
    loop = asyncio.get_running_loop()
    pool = _pools.get(loop)
    if pool is None:
        size = connections.settings["default"]["OPTIONS"].get("pool", {}).get("max_size", 4)
        pool = _pools[loop] = _Pool(size)
    return pool


def _connection_parameters() -> dict[str, Any]:
    settings = connections.settings["default"]
    options = {key: value for key, value in settings["OPTIONS"].items() if key != "pool"}
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    options |= {key: settings[name] for key, name in named.items() if settings[name]}
    options["options"] = (
        f"{options.get('options', '')} -c statement_timeout={STATEMENT_TIMEOUT_MILLISECONDS} -c timezone=UTC".strip()
    )
    return options


def prepared_on(raw: "psycopg.Connection[Any]") -> set[bytes]:
    """Return the names of the statements that this connection knows; the caller adds what it prepares."""
    return _prepared.setdefault(raw, set())


def preparations(prepared: set[bytes], question: Statement) -> list[bytes]:
    """Return the messages that must come before the question is asked on this connection."""
    if question.name in prepared:
        return []
    messages = [question.prepare]
    if len(prepared) >= MAX_PREPARED:
        prepared.clear()
        messages.insert(0, b"DEALLOCATE ALL")
    return messages


def checked(result: PGresult) -> PGresult:
    """Return the answer, or raise the psycopg error that it is."""
    if result.status not in _ANSWERS:
        raise error_from_result(result, encoding="utf-8")
    return result


def _is_stale(pgconn: PGconn) -> bool:
    """Tell whether the connection ended while it was idle: then there is something to read, its farewell."""
    idle = select.poll()
    idle.register(pgconn.socket, select.POLLIN)
    return bool(idle.poll(0))


def _settle(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
