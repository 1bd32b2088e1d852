"""What the audit log costs (docs/adr/0008).

    python -m bench.audit_benchmark [--rounds 300] [--rows 5000]

In a throw-away PostgreSQL, which flushes to disk as a real one does, in turns: staff's write, a write by
nobody who is audited, and the same write where the table has no audit trigger at all.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table

from hansa.config import cli
from hansa.kernel.actors import Actor, actor_scope
from hansa.kernel.postgresql.pool import close_connections
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction

console = Console()
STAFF = Actor(kind="staff", id="1", label="ada@example.com", address="192.0.2.1", request_id="0123456789abcdef")


def _milliseconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - started)


@contextmanager
def _without_trigger(owner: psycopg.Connection[tuple[object, ...]]) -> Iterator[None]:
    owner.execute("ALTER TABLE catalog_product DISABLE TRIGGER catalog_product_audit")
    try:
        yield
    finally:
        owner.execute("ALTER TABLE catalog_product ENABLE TRIGGER catalog_product_audit")


def measure(owner: psycopg.Connection[tuple[object, ...]], tenant: TenantContext, rounds: int, rows: int) -> Table:
    """Write in turns and return the comparison; times in milliseconds."""
    from hansa.domain.audit.services.verify import verify_chain
    from hansa.domain.catalog.models import Product

    with tenant_scope(tenant), transaction():
        names = [f"Product {number}" for number in range(rows)]
        made = Product.objects.bulk_create(Product(name=name, slug=name.lower().replace(" ", "-")) for name in names)
    numbers = iter(range(10_000_000))

    def write(actor: Actor | None, *, is_one: bool) -> float:
        def change() -> None:
            with actor_scope(actor), tenant_scope(tenant), transaction():
                wanted = Product.objects.filter(pk=made[next(numbers) % rows].pk) if is_one else Product.objects.all()
                wanted.update(vendor=f"Vendor {next(numbers)}")

        return _milliseconds(change)

    table = Table("write", "no trigger", "nobody audited", "staff", title="median, milliseconds")
    for title, times, is_one in (("one product", rounds, True), (f"{rows:,} products at once", 7, False)):
        taken: dict[str, list[float]] = {"none": [], "nobody": [], "staff": []}
        for _ in range(times):
            with _without_trigger(owner):
                taken["none"].append(write(None, is_one=is_one))
            taken["nobody"].append(write(None, is_one=is_one))
            taken["staff"].append(write(STAFF, is_one=is_one))
        table.add_row(title, *(f"{statistics.median(one):.2f}" for one in taken.values()))
    with tenant_scope(tenant), transaction():
        started = time.perf_counter()
        verified = verify_chain()
        rate = verified.entries / (time.perf_counter() - started)
    table.caption = f"{verified.entries:,} entries verified at {rate:,.0f}/s: {verified.fault or 'they add up'}"
    return table


def main() -> None:
    """Start a PostgreSQL, migrate, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--rows", type=int, default=5000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hansa-bench-") as directory:
        os.environ["HANSA_HOME"] = str(Path(directory))
        server = cli.start_database()
        if server is None:
            sys.exit("unset DATABASE_URL: this makes a PostgreSQL of its own")
        cli.set_up_django()
        from hansa.domain.tenants.services.create import create_tenant

        try:
            with psycopg.connect(server.url("hansa_owner"), autocommit=True) as owner:
                tenant = create_tenant(slug="audited", name="Audited")
                console.print(measure(owner, tenant, options.rounds, options.rows))
        finally:
            close_connections()
            server.release()


if __name__ == "__main__":
    main()
