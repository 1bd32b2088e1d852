"""How fast buying is: against pgbench with the least SQL that does the same, in the same run.

    python -m bench.checkout_benchmark

Starts a PostgreSQL (durable, as in production) and a server of its own, with two workers, in a
throw-away directory. wrk, pgbench, the server and PostgreSQL share the machine: read ratios.
"""

import argparse
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
from rich.console import Console
from rich.table import Table

from bench.catalogue import fill
from bench.rig import WORKERS, Rig, found
from hansa.config import cli
from hansa.config.embedded_postgres import binary
from hansa.kernel.postgresql.pool import close_connections
from hansa.kernel.tenancy import TenantContext, tenant_scope

CLIENTS = 8
HOT_CLIENTS = 64
SECONDS = 5
ROUNDS = 3
PRODUCTS = 1000
CARTS = 3000
"""Prepared per run of the checkout call alone: more than it can empty."""
STOCK = 1_000_000
SCRIPTS = Path(__file__).parent / "scripts"
console = Console(width=130)

_CARTS = """
    WITH new AS (
        SELECT gen_random_uuid() AS id, n FROM generate_series(1, %(carts)s) n
    ), cart AS (
        INSERT INTO carts_cart (id, currency, email, shipping_address, shipping_method_id, promotion_codes,
            gift_card_codes, touched_at, created_at, updated_at)
        SELECT id, 'EUR', 'ada@example.com', %(address)s::jsonb, %(method)s, '[]', '[]', now(), now(), now() FROM new
    ), line AS (
        INSERT INTO carts_cartline (id, cart_id, variant_id, quantity, seen_price, name)
        SELECT gen_random_uuid(), new.id, v.id, 1, v.price_amount, 'A product' FROM new
        JOIN bench_variant b ON b.n IN (
            1 + (new.n * %(spread)s) %% %(variants)s, 1 + ((new.n + 7) * %(spread)s) %% %(variants)s)
        JOIN catalog_variant v ON v.id = b.id
    )
    SELECT id FROM new
"""
_ADDRESS = (
    '{"first_name":"Ada","last_name":"Byron","line1":"1 High Street","city":"Berlin","postal_code":"10115",'
    '"country":"DE","company":"","line2":"","region":"","phone":""}'
)


@dataclass(frozen=True)
class Run:
    """What one run showed: of calls where there are calls, else of transactions."""

    rate: float
    p95_ms: float
    web_ms: float
    postgres_ms: float
    refused: int


class Shop:
    """A shop with more in stock than can be sold, and helpers that fill carts in it."""

    def __init__(self, rig: Rig) -> None:
        """Make it."""
        from hansa.domain.fulfilment.models import ShippingMethod, ShippingZone
        from hansa.domain.fulfilment.services.save_method import save_method
        from hansa.domain.fulfilment.services.save_zone import save_zone
        from hansa.domain.pricing.models import Market, TaxClass, TaxRate
        from hansa.domain.pricing.services.save_market import save_market
        from hansa.domain.pricing.services.save_tax_class import save_tax_class
        from hansa.domain.pricing.services.save_tax_rate import save_tax_rate
        from hansa.domain.tenants.services.create import create_tenant

        self.rig = rig
        self.tenant: TenantContext = create_tenant(slug="bench", name="Bench")
        with tenant_scope(self.tenant):
            standard = save_tax_class(tax_class=TaxClass(code="standard", name="Standard", is_default=True))
            save_tax_rate(rate=TaxRate(tax_class=standard, country="DE", name="VAT 19 %", rate_ppm=190_000))
            save_market(market=Market(name="Home", countries=["DE"], prices_include_tax=True, is_default=True))
            zone = save_zone(zone=ShippingZone(name="Everywhere"))
            method = save_method(method=ShippingMethod(zone=zone, name="Standard", kind="flat", amount=490))
        self.method: UUID = method.pk
        with self.connect() as app:
            fill(app, self.tenant.id, products=PRODUCTS, shelves=10)
        with psycopg.connect(rig.database.url("postgres"), autocommit=True) as superuser:
            superuser.execute(
                "CREATE TABLE bench_variant AS"
                "  SELECT row_number() OVER (ORDER BY id)::int AS n, id FROM catalog_variant"
            )
            superuser.execute("CREATE TABLE bench_cart (n serial PRIMARY KEY, id uuid)")
            superuser.execute("CREATE UNIQUE INDEX ON bench_variant (n)")
            superuser.execute("GRANT SELECT ON bench_variant, bench_cart TO hansa_app")
        with self.connect() as app, app.transaction():
            self.enter(app)
            app.execute("UPDATE catalog_variant SET stock_quantity = %s", [STOCK])
        ids = self.carts(2 * PRODUCTS)
        with psycopg.connect(rig.database.url("postgres"), autocommit=True) as superuser:
            superuser.cursor().executemany("INSERT INTO bench_cart (id) VALUES (%s)", [(one,) for one in ids])
            superuser.execute("VACUUM ANALYZE")
        self.variants = rig.home / "variants.txt"
        with psycopg.connect(rig.database.url("postgres")) as superuser:
            rows = superuser.execute("SELECT id FROM bench_variant").fetchall()
        self.variants.write_text("\n".join(str(row[0]) for row in rows) + "\n")

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """Connect as the application does."""
        return psycopg.connect(self.rig.database.url("hansa_app"))

    def enter(self, app: "psycopg.Connection[tuple[object, ...]]") -> None:
        """Enter the tenant until the transaction ends."""
        app.execute("SELECT set_config('hansa.tenant', %s, true)", [str(self.tenant.id)])

    def carts(self, count: int, *, spread: int = 1) -> list[UUID]:
        """Return new carts of two lines that can be checked out; spread 0: all with the same variant."""
        with self.connect() as app, app.transaction():
            self.enter(app)
            parameters = {
                "carts": count,
                "address": _ADDRESS,
                "method": self.method,
                "spread": spread,
                "variants": 2 * PRODUCTS,
            }
            return [UUID(str(row[0])) for row in app.execute(_CARTS, parameters).fetchall()]

    def cart_file(self, count: int, *, spread: int = 1) -> Path:
        """Write new carts with their tokens where wrk finds them."""
        from hansa.kernel.tokens import make_token

        file = self.rig.home / "carts.txt"
        with tenant_scope(self.tenant):
            lines = [f"{cart} {make_token('cart', cart)}" for cart in self.carts(count, spread=spread)]
        file.write_text("\n".join(lines) + "\n")
        return file


def wrk(shop: Shop, script: str, *arguments: str, threads: int, clients: int) -> Run:
    """Run wrk once, with the host as the script's first argument."""
    rig = shop.rig
    web, postgres = rig.cpu_seconds()
    command = ["wrk", f"-t{threads}", f"-c{clients}", f"-d{SECONDS}s", "-s", str(SCRIPTS / script)]
    output = subprocess.run(
        [*command, f"http://127.0.0.1:{rig.port}", "--", "bench.localhost", *arguments],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    web_after, postgres_after = rig.cpu_seconds()
    if "broken 0" not in output:
        raise SystemExit(output)
    calls = int(found(r"(\d+) requests in", output))
    seconds = float(found(r"requests in ([\d.]+)s", output))
    return Run(
        rate=calls / seconds,
        p95_ms=int(found(r"p95 (\d+)", output)) / 1000,
        web_ms=1000 * (web_after - web) / calls,
        postgres_ms=1000 * (postgres_after - postgres) / calls,
        refused=int(found(r"status (\d+)", output)),
    )


def pgbench(shop: Shop, script: str, *, clients: int) -> Run:
    """Run pgbench once."""
    rig = shop.rig
    _, postgres = rig.cpu_seconds()
    url = rig.database.url("hansa_app")
    defines = [f"--define=tenant={shop.tenant.id}", f"--define=variants={2 * PRODUCTS}"]
    result = subprocess.run(
        [
            *(str(binary("pgbench")), "-n", "-M", "prepared", f"-c{clients}", "-j2", f"-T{SECONDS}", *defines),
            *("-f", str(SCRIPTS / script), url),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise SystemExit(result.stderr)
    output = result.stdout
    _, postgres_after = rig.cpu_seconds()
    done = int(found(r"actually processed: (\d+)", output))
    rate = float(found(r"tps = ([\d.]+)", output))
    return Run(
        rate, 0.0, 0.0, 1000 * (postgres_after - postgres) / done, int(found(r"failed transactions: (\d+)", output))
    )


def compare(shop: Shop) -> dict[str, Run]:
    """Measure everything in turn, several times; returns the medians."""
    variants, method = str(shop.variants), str(shop.method)
    tasks: dict[str, Callable[[], Run]] = {
        "pgbench: the same, least SQL": lambda: pgbench(shop, "checkout.sql", clients=CLIENTS),
        "checkout call": lambda: wrk(shop, "checkout.lua", str(shop.cart_file(CARTS)), threads=1, clients=CLIENTS),
        "flow in 7 calls": lambda: wrk(shop, "flow.lua", variants, method, "calls", threads=CLIENTS, clients=CLIENTS),
        "flow in 2 calls": lambda: wrk(shop, "flow.lua", variants, method, "one", threads=CLIENTS, clients=CLIENTS),
        "pgbench: one hot row": lambda: pgbench(shop, "hot_row.sql", clients=HOT_CLIENTS),
        "checkout call, one hot SKU": lambda: wrk(
            shop, "checkout.lua", str(shop.cart_file(CARTS, spread=0)), threads=1, clients=HOT_CLIENTS
        ),
        "checkout call, spread out": lambda: wrk(
            shop, "checkout.lua", str(shop.cart_file(CARTS)), threads=1, clients=HOT_CLIENTS
        ),
    }
    with shop.rig.serving():
        rounds = [{name: task() for name, task in tasks.items()} for _ in range(ROUNDS + 1)][1:]
    return {name: _median([measured[name] for measured in rounds]) for name in tasks}


def _median(runs: list[Run]) -> Run:
    fields = ("rate", "p95_ms", "web_ms", "postgres_ms")
    return Run(
        **{field: statistics.median(getattr(run, field) for run in runs) for field in fields},
        refused=sum(run.refused for run in runs),
    )


def show(results: dict[str, Run]) -> None:
    """Print the comparison."""
    table = Table(
        title=f"Buying: {CLIENTS} clients ({HOT_CLIENTS} on the hot SKU), {WORKERS} workers, one machine for all"
    )
    for heading in ("what", "calls/s", "flows/s", "of pgbench", "p95 ms", "web CPU ms", "PostgreSQL CPU ms", "refused"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    base, hot = results["pgbench: the same, least SQL"], results["pgbench: one hot row"]
    for name, run in results.items():
        calls = {"flow in 7 calls": 7, "flow in 2 calls": 2}.get(name, 1)
        against = hot if "hot" in name else base
        flows = run.rate / calls
        table.add_row(
            name,
            f"{run.rate:,.0f}",
            f"{flows:,.0f}",
            f"{flows / against.rate:.1%}",
            f"{run.p95_ms:.1f}",
            f"{run.web_ms:.2f}",
            f"{run.postgres_ms:.2f}",
            str(run.refused),
        )
    console.print(table)
    spread = results["checkout call, spread out"].rate / results["checkout call, one hot SKU"].rate
    console.print(f"Spread out, the same clients check out {spread:.2f} × as often as on one hot SKU.")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8191)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hansa-bench-") as directory:
        rig = Rig(Path(directory), arguments.port)
        server = cli.start_database()
        cli.set_up_django()
        try:
            shop = Shop(rig)
            close_connections()
            show(compare(shop))
        finally:
            close_connections()
            if server:
                server.release()


if __name__ == "__main__":
    main()
