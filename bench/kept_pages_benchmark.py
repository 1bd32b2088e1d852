"""What kept pages bring, and what it costs those who write to know when they are out of date.

    python -m bench.kept_pages_benchmark

Starts a PostgreSQL and servers of its own, with two workers, in a throw-away directory. wrk, the servers and
PostgreSQL share the machine, and both kinds are measured in turns: read ratios, not rates.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from bench.catalogue import fill
from bench.listing_benchmark import EMPTY, Run, measure
from bench.rig import Rig
from hansa.config import cli
from hansa.kernel.postgresql.pool import close_connections
from hansa.kernel.tenancy import TenantContext, tenant_scope

PRODUCTS = 5_000
ROUNDS = 3
WRITE_ROUNDS = 15
CHUNK = 300
PAGES = {
    "empty `def` endpoint": EMPTY,
    "product": "/p/product-17/",
    "category": "/c/shelf-3/",
    "front page": "/",
}
SOLD = "product, another one sold twice a second"
_COUNTED = """
    SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'catalog_note_change'
"""
console = Console(width=120)


@contextmanager
def selling(url: str, tenant: TenantContext) -> Iterator[None]:
    """Let the stock that is shown change twice a second, until the block ends."""
    ended = Event()

    def sell() -> None:
        with psycopg.connect(url) as connection:
            while not ended.wait(0.5):
                connection.execute("SELECT set_config('hansa.tenant', %s, true)", [str(tenant.id)])
                connection.execute(
                    "UPDATE catalog_variant v SET stock_quantity = (v.stock_quantity + 1) %% 9 FROM catalog_product p"
                    " WHERE p.tenant_id = v.tenant_id AND p.id = v.product_id AND p.slug = 'product-18'"
                    " AND v.tenant_id = %s",
                    [tenant.id],
                )
                connection.commit()

    seller = Thread(target=sell)
    seller.start()
    try:
        yield
    finally:
        ended.set()
        seller.join()


def serve_pages(rig: Rig, tenant: TenantContext) -> dict[tuple[str, bool], list[Run]]:
    """Measure each page with and without a memory, in turns."""
    runs: dict[tuple[str, bool], list[Run]] = {}
    for _ in range(ROUNDS):
        for is_kept in (False, True):
            os.environ["HANSA_MAX_KEPT_PAGES_BYTES"] = "64000000" if is_kept else "0"
            with rig.serving():
                for name, path in PAGES.items():
                    measure(rig, path, [tenant.slug])
                    runs.setdefault((name, is_kept), []).append(measure(rig, path, [tenant.slug]))
                with selling(rig.database.url("hansa_app"), tenant):
                    runs.setdefault((SOLD, is_kept), []).append(measure(rig, PAGES["product"], [tenant.slug]))
    return runs


def show_pages(runs: dict[tuple[str, bool], list[Run]]) -> None:
    """Print medians."""
    table = Table(title="Pages of the reference shop, made anew and kept")
    for heading in ("page", "anew/s", "kept/s", "ratio", "of empty", "web CPU ms", "PostgreSQL CPU ms"):
        table.add_column(heading, justify="left" if heading == "page" else "right")

    def median(name: str, field: str, *, is_kept: bool) -> float:
        return float(statistics.median(getattr(run, field) for run in runs[name, is_kept]))

    empty = median("empty `def` endpoint", "rate", is_kept=True)
    for name in (*PAGES, SOLD):
        anew, kept = (median(name, "rate", is_kept=is_kept) for is_kept in (False, True))
        costs = [
            " → ".join(f"{median(name, field, is_kept=is_kept):.2f}" for is_kept in (False, True))
            for field in ("web_ms", "postgres_ms")
        ]
        table.add_row(name, f"{anew:,.0f}", f"{kept:,.0f}", f"{kept / anew:.1f} ×", f"{kept / empty:.0%}", *costs)
    console.print(table)


def write(rig: Rig, tenant: TenantContext) -> dict[str, dict[bool, list[float]]]:
    """Measure writes with and without the triggers, in turns; milliseconds."""
    from hansa.domain.catalog.models import Variant
    from hansa.domain.catalog.services.publish_stock import lock_for_publishing, publish_stock
    from hansa.domain.catalog.services.upsert_products import upsert_products
    from hansa.kernel import clock
    from hansa.kernel.transactions import transaction

    with tenant_scope(tenant), transaction():
        variants = list(Variant.objects.values_list("pk", flat=True)[: WRITE_ROUNDS * 40])

    def chunk(number: int, vendor: str) -> Callable[[], Any]:
        drafts = [_draft(f"{number}-{n}", vendor) for n in range(CHUNK)]
        return lambda: upsert_products(drafts, now=clock.now())

    def publish(number: int) -> Callable[[], Any]:
        def run() -> None:
            lock_for_publishing([variants[number]])
            publish_stock(stock={variants[number]: (1000 + number, None)})

        return run

    took: dict[str, dict[bool, list[float]]] = {}
    for number in range(2 * WRITE_ROUNDS):
        is_counted = bool(number % 2)
        _switch(rig, is_counted=is_counted)
        tasks: list[tuple[str, Callable[[], Any]]] = [
            (f"import {CHUNK} new products, {3 * CHUNK} variants", chunk(number, "one")),
            (f"import {CHUNK} changed products", chunk(number, "other")),
            *(("publish a sale", publish(number * 20 + n)) for n in range(20)),
        ]
        for name, task in tasks:
            with tenant_scope(tenant):
                start = time.perf_counter()
                with transaction():
                    task()
            took.setdefault(name, {}).setdefault(is_counted, []).append((time.perf_counter() - start) * 1000)
    return took


def _draft(key: str, vendor: str) -> Any:  # noqa: ANN401  (Django is set up first)
    from hansa.domain.catalog.types import ImageDraft, ProductDraft, VariantDraft

    return ProductDraft(
        source_key=f"bench-{key}",
        name=f"Imported {key}",
        is_published=True,
        vendor=vendor,
        option_names=("Size",),
        attributes={"Material": ("Oak",)},
        images=(ImageDraft(url=f"https://pictures.example/{key}.jpg"),),
        variants=tuple(
            VariantDraft(option_values=(size,), price_amount=1000, is_stock_tracked=True, stock_quantity=5)
            for size in "SML"
        ),
    )


def _switch(rig: Rig, *, is_counted: bool) -> None:
    with psycopg.connect(rig.database.url("postgres"), autocommit=True) as superuser:
        for (table,) in superuser.execute(_COUNTED).fetchall():
            for event in ("insert", "update", "delete"):
                mode = "ENABLE" if is_counted else "DISABLE"
                superuser.execute(f"ALTER TABLE {table} {mode} TRIGGER {table}_shown_{event}")


def show_writes(took: dict[str, dict[bool, list[float]]]) -> None:
    """Print medians."""
    table = Table(title="What it costs to count changes: milliseconds of a transaction, medians")
    for heading in ("transaction", "not counted", "counted", "more"):
        table.add_column(heading, justify="left" if heading == "transaction" else "right")
    for name, times in took.items():
        without, counted = (statistics.median(times[is_counted]) for is_counted in (False, True))
        table.add_row(name, f"{without:.2f}", f"{counted:.2f}", f"{counted / without - 1:+.0%}")
    console.print(table)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8193)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hansa-bench-") as directory:
        rig = Rig(Path(directory), arguments.port)
        server = cli.start_database()
        cli.set_up_django()
        from hansa.domain.tenants.services.create import create_tenant

        try:
            tenant, importer = (create_tenant(slug=slug, name=slug.title()) for slug in ("shop", "importer"))
            with psycopg.connect(rig.database.url("hansa_app")) as app:
                fill(app, tenant.id, products=PRODUCTS, shelves=10)
                fill(app, importer.id, products=PRODUCTS, shelves=10)
            with psycopg.connect(rig.database.url("postgres"), autocommit=True) as superuser:
                superuser.execute("VACUUM ANALYZE")
            show_writes(write(rig, importer))
            close_connections()
            show_pages(serve_pages(rig, tenant))
        finally:
            close_connections()
            if server:
                server.release()


if __name__ == "__main__":
    main()
