"""Takes one of the two locks away, so that the other has to hold alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.isolation.tables import past_the_wall, tenant_tables


@contextmanager
def policies_off() -> Iterator[None]:
    """Switch row-level security off in this test process's own database until the block ends."""
    tables = tenant_tables()
    with past_the_wall() as connection:
        try:
            connection.execute(";".join(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY" for table in tables))
            yield
        finally:
            connection.execute(";".join(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY" for table in tables))


def filters_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the ORM ask without its condition on the tenant."""
    from hansa.kernel.postgresql import compiler

    monkeypatch.setattr(compiler, "tenant_condition", lambda query: None)  # noqa: ARG005  (its signature)
