"""Several statements in one message: how the checkout talks to PostgreSQL.

Note [Few messages]: while a stock row is locked, every message to the server keeps other buyers
waiting, and each costs the web process more than the statement costs the server. So a service
that runs inside the checkout says what it wants to write with `tell`; in a `together()` block
the statements wait and leave as one message. The same service works alone: then `tell` runs at
once. Statements are prepared per connection (Note [One message] in `statements.py`), so their
texts must come from a small set; sets of rows travel as one JSON parameter.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast
from uuid import UUID

import psycopg
from django.db import OperationalError, connection
from psycopg import generators
from psycopg.pq.abc import PGresult

from hansa.kernel.postgresql.base import DatabaseWrapper
from hansa.kernel.postgresql.reading import DatabaseUnavailable, checked, preparations, prepared_on
from hansa.kernel.postgresql.statements import Json, Statement, entering, statement
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import TransactionRequired

type Row = tuple[str | None, ...]
type Question = tuple[str, Mapping[str, Any]]

_waiting: ContextVar[list[Question] | None] = ContextVar("hansa_batch", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Collect what is told inside the block, and send it as one message when the block ends without an error."""
    if _waiting.get() is not None:
        yield  # part of a larger batch already
        return
    questions: list[Question] = []
    token = _waiting.set(questions)
    try:
        yield
    finally:
        _waiting.reset(token)
    if questions:
        _exchange(questions, in_transaction=True)


def tell(sql: str, parameters: Mapping[str, Any]) -> list[Row]:
    """Run one writing statement in the open transaction; inside `together()` it runs when that block ends.

    Returns its rows as text, or none where it waits. Raises TransactionRequired, and what Django
    raises for database errors (IntegrityError …).
    """
    questions = _waiting.get()
    if questions is not None:
        questions.append((sql, parameters))
        return []
    return _exchange([(sql, parameters)], in_transaction=True)[0]


def tell_rows(sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows with a statement that reads them from `%(rows)s::jsonb`; joins the `together()` block.

    Rows that the same statement is to write in the same block leave as one statement, in the place of
    the first. Raises as `tell` does.
    """
    for question in _waiting.get() or ():
        if question[0] == sql:
            question[1]["rows"].value.extend(rows)
            return
    tell(sql, {"rows": Json(list(rows))})


def tell_now(sql: str, parameters: Mapping[str, Any]) -> list[Row]:
    """Do what `tell` does, at once also inside `together()`: for a caller that needs the answer.

    What waits in the block comes later. Raises as `tell` does.
    """
    return _exchange([(sql, parameters)], in_transaction=True)[0]


def ask_together(questions: Sequence[Question]) -> list[list[Row]]:
    """Ask several questions in one message and return the rows of each, as text.

    Outside a transaction they share one of their own. Raises NoTenant, DatabaseUnavailable.
    """
    return _exchange(questions, in_transaction=False)


def _exchange(questions: Sequence[Question], *, in_transaction: bool) -> list[list[Row]]:
    tenant_id = get_current_tenant().id
    if in_transaction and not connection.in_atomic_block:
        message = "tell() writes inside its caller's transaction; open one with kernel.transactions.transaction()"
        raise TransactionRequired(message)
    try:
        connection.ensure_connection()
        if connection.in_atomic_block:
            cast("DatabaseWrapper", connection).name_actor()
        with connection.wrap_database_errors:
            return _send(
                [(statement(sql), parameters) for sql, parameters in questions],
                None if connection.in_atomic_block else tenant_id,
            )
    except OperationalError as error:
        message = "The database does not answer right now. Try again in a moment."
        if getattr(error.__cause__, "sqlstate", None) is not None:
            # It answers, but somebody else held what we needed for too long, or we for them.
            message = (
                "Too much is going on at this very moment. Try again, with the same Idempotency-Key if you sent one."
            )
        raise DatabaseUnavailable(message) from error


def _send(questions: Sequence[tuple[Statement, Mapping[str, Any]]], tenant_id: UUID | None) -> list[list[Row]]:
    raw: psycopg.Connection[Any] = connection.connection
    prepared = prepared_on(raw)
    calls: list[bytes] = []
    for question, parameters in questions:
        for preparation in preparations(prepared, question):
            checked(raw.pgconn.exec_(preparation))
        prepared.add(question.name)
        calls.append(question.execute(raw.pgconn, parameters, None))
    if tenant_id is not None:
        calls.insert(0, entering(raw.pgconn, tenant_id))
    raw.pgconn.send_query(b";".join(calls))
    results = raw.wait(generators.execute(raw.pgconn))
    answers = [_rows(checked(result)) for result in results]
    return answers[1:] if tenant_id is not None else answers


def _rows(result: PGresult) -> list[Row]:
    columns = range(result.nfields)
    return [
        tuple(None if (value := result.get_value(row, column)) is None else value.decode() for column in columns)
        for row in range(result.ntuples)
    ]
