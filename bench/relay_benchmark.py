"""How fast the relay works off a backlog, beside the barest loop there is.

    python -m bench.relay_benchmark [--events 200000]

In a throw-away PostgreSQL, which flushes to disk as a real one does. The bare loop deletes rows of a copy of
the backlog, 500 at a time, with SKIP LOCKED, and does nothing with them. The relay gives each event its number
and hands it to a handler that does nothing (`handled`), or finds that nobody wants it (`unheard`).
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hansa.config import cli
from hansa.kernel.postgresql.pool import close_connections
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction

console = Console()

_FILL = """
    INSERT INTO events_event (id, name, aggregate_id, payload, occurred_at, available_at)
    SELECT gen_random_uuid(), %s, gen_random_uuid(), jsonb_build_object('number', n), now(), now()
    FROM generate_series(1, %s) n
"""
_BARE = """
    DELETE FROM backlog WHERE position IN (
        SELECT position FROM backlog ORDER BY position LIMIT 500 FOR UPDATE SKIP LOCKED
    ) RETURNING id, name, aggregate_id, payload
"""


def _bare_loop(count: int) -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE backlog (position bigint PRIMARY KEY, id uuid, name text, aggregate_id uuid,"
            " payload jsonb) ON COMMIT PRESERVE ROWS"
        )
        cursor.execute(
            "INSERT INTO backlog SELECT n, gen_random_uuid(), 'bench', gen_random_uuid(),"
            " jsonb_build_object('number', n) FROM generate_series(1, %s) n",
            [count],
        )
        started = time.perf_counter()
        while True:
            with transaction():
                cursor.execute(_BARE)
                if not cursor.fetchall():
                    return time.perf_counter() - started


def _relay(tenant: TenantContext, name: str, count: int) -> float:
    from django.db import connection

    from hansa.domain.events.services.relay import relay_events
    from hansa.kernel import clock

    with tenant_scope(tenant), transaction(), connection.cursor() as cursor:
        cursor.execute(_FILL, [name, count])
    with tenant_scope(tenant):
        started = time.perf_counter()
        while relay_events(now=clock.now()):
            pass
    return time.perf_counter() - started


def measure(tenant: TenantContext, count: int) -> Table:
    """Work off a backlog in each way, and return the rates."""
    from hansa.domain.events.registry import handles

    handled: list[object] = []
    handles("bench.handled")(handled.append)
    ways: dict[str, Callable[[], float]] = {
        "bare DELETE … SKIP LOCKED RETURNING": lambda: _bare_loop(count),
        "relay, unheard": lambda: _relay(tenant, "bench.unheard", count),
        "relay, handled": lambda: _relay(tenant, "bench.handled", count),
    }
    table = Table("backlog worked off by one worker", "seconds", "events/s", title=f"{count:,} events")
    for way, run in ways.items():
        seconds = run()
        table.add_row(way, f"{seconds:.1f}", f"{count / seconds:,.0f}")
    if len(handled) != count:
        sys.exit(f"{len(handled)} events were handled instead of {count}")
    return table


def main() -> None:
    """Start a database, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=200_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hansa-bench-") as home:
        Path(home).chmod(0o755)
        os.environ["HANSA_HOME"] = home
        server = cli.start_database()
        if server is None:
            sys.exit("unset DATABASE_URL: this makes a PostgreSQL of its own")
        try:
            cli.set_up_django()
            from hansa.domain.tenants.services.create import create_tenant

            console.print(measure(create_tenant(slug="bench", name="Bench"), arguments.events))
            close_connections()
        finally:
            server.release()


if __name__ == "__main__":
    main()
