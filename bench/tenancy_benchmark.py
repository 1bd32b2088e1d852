"""What a tenant costs: a schema of its own against rows behind the wall (docs/adr/0001).

    python -m bench.tenancy_benchmark [--tenants 200]

Makes the same tables once per tenant as schemas, beside tenants of Hansa, in a throw-away
PostgreSQL, and compares making one, changing a table for all, and what the catalogue holds. Then asks the
ORM for an order's row with its condition on the tenant (the second lock) and without it, in turns.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg
from rich.console import Console
from rich.progress import track
from rich.table import Table

from hansa.config import cli
from hansa.config.embedded_postgres import EmbeddedPostgres, binary
from hansa.kernel.postgresql.pool import close_connections

console = Console()


def _milliseconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - started)


def _tables(server: EmbeddedPostgres) -> str:
    """Return the DDL of our tenant-owned tables, ready for a schema of its own."""
    dump = subprocess.run(
        [
            *(str(binary("pg_dump")), "--schema-only", "--no-owner", "--no-privileges", "-d", server.url("postgres")),
            *("-t", "public.catalog_*", "-t", "public.accounts_*", "-t", "public.imports_*"),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    wanted = ("CREATE POLICY", "ROW LEVEL SECURITY", "\\", "SELECT pg_catalog", "SET ")
    lines = [line for line in dump.splitlines() if not line.startswith(wanted) and "tenants_tenant" not in line]
    statements = "\n".join(lines).split(";\n")
    left_out = ("ROW LEVEL", "POLICY", "_tenant_fk", "CREATE TRIGGER")
    return ";\n".join(s for s in statements if not any(word in s for word in left_out))


def measure(server: EmbeddedPostgres, tenants: int) -> Table:
    """Make the tenants both ways and return the comparison."""
    from hansa.domain.tenants.services.create import create_tenant

    ddl = _tables(server)
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:

        def count(sql: str) -> int:
            row = connection.execute(sql).fetchone()
            return int(row[0]) if row else 0

        def make_schema(number: int) -> None:
            connection.execute(f"CREATE SCHEMA s{number}")
            connection.execute(ddl.replace("public.", f"s{number}.").encode())

        rows = [_milliseconds(partial(create_tenant, slug=f"r-{n}", name="R")) for n in range(tenants)]
        classes_before = count("SELECT count(*) FROM pg_class")
        schemas = [_milliseconds(partial(make_schema, n)) for n in track(range(tenants), "schemas", console=console)]
        classes = count("SELECT count(*) FROM pg_class") - classes_before
        alter = "ALTER TABLE {}.catalog_product ADD COLUMN added int"
        one = _milliseconds(lambda: connection.execute(alter.format("public").encode()))
        each = _milliseconds(lambda: [connection.execute(alter.format(f"s{n}").encode()) for n in range(tenants)])
    table = Table(title=f"{tenants} tenants")
    for heading in ("what", "rows behind the wall", "a schema each"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    table.add_row("make one, median ms", f"{statistics.median(rows):.1f}", f"{statistics.median(schemas):.1f}")
    table.add_row("rows in pg_class for all", "0", f"{classes:,}")
    table.add_row("add one column for all, ms", f"{one:.1f}", f"{each:.1f}")
    return table


def measure_second_lock(rounds: int = 30, queries: int = 200) -> Table:
    """Return what the condition that the ORM adds to each of its queries costs."""
    from hansa.domain.catalog.models import Product
    from hansa.domain.tenants.services.create import create_tenant
    from hansa.kernel.ids import uuid7
    from hansa.kernel.postgresql import compiler
    from hansa.kernel.tenancy import tenant_scope
    from hansa.kernel.transactions import transaction

    lock = compiler.tenant_condition
    taken: dict[str, list[float]] = {"with": [], "without": []}
    missing = uuid7()

    def ask() -> None:
        for _ in range(queries):
            Product.objects.filter(pk=missing).select_related("category").first()

    with tenant_scope(create_tenant(slug="locked", name="Locked")), transaction():
        for turn in track(range(2 * rounds), "queries", console=console):
            which = ("with", "without")[turn % 2]
            compiler.tenant_condition = lock if which == "with" else lambda query: None  # noqa: ARG005
            taken[which].append(1000 * _milliseconds(ask) / queries)
    compiler.tenant_condition = lock
    table = Table(title="the ORM's condition on the tenant")
    for which in taken:
        table.add_column(f"{which} it, µs for each query", justify="right")
    table.add_row(*(f"{statistics.median(times):.0f}" for times in taken.values()))
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenants", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hansa-bench-") as directory:
        os.environ["HANSA_HOME"] = str(Path(directory))
        server = cli.start_database()
        if server is None:
            sys.exit("unset DATABASE_URL: this makes a PostgreSQL of its own")
        cli.set_up_django()
        try:
            console.print(measure(server, arguments.tenants))
            console.print(measure_second_lock())
        finally:
            close_connections()
            server.release()


if __name__ == "__main__":
    main()
