"""How fast the storefront's list is: against the server's empty endpoint, small and large.

    python -m bench.listing_benchmark                                     10,000 and 100 × 1,000
    python -m bench.listing_benchmark --tenants 1000 --products 1000000   ten minutes

Starts a PostgreSQL and a server of its own, with two workers, in a throw-away directory. wrk, the
server and PostgreSQL share the machine, so read ratios, not rates.
"""

import argparse
import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.catalogue import fill
from bench.rig import WORKERS, Rig, found
from hansa.config import cli
from hansa.kernel.postgresql.pool import close_connections

ONE_SHOP = 10_000
CONNECTIONS = 16
SECONDS = 4
ROUNDS = 3
EMPTY = "/api/v1/bench/empty"
LIST = "/api/v1/products?category=shelf-3&limit=24"
console = Console(width=120)

# Each request goes to a tenant drawn by chance; at the end wrk prints the 95th percentile.
SCRIPT = """
local slugs = {{ {slugs} }}
math.randomseed({seed})
request = function()
  return wrk.format("GET", "{path}", {{ ["Host"] = slugs[math.random(#slugs)] .. ".localhost" }})
end
done = function(summary, latency, requests)
  io.write(string.format("p95 %d\\n", latency:percentile(95)))
  io.write(string.format("errors %d\\n", summary.errors.status + summary.errors.read + summary.errors.timeout))
end
"""


@dataclass(frozen=True)
class Run:
    """What one run of wrk showed."""

    rate: float
    p95_ms: float
    web_ms: float
    postgres_ms: float


def measure(rig: Rig, path: str, slugs: list[str]) -> Run:
    """Run wrk once."""
    script = rig.home / "wrk.lua"
    script.write_text(SCRIPT.format(slugs=",".join(f'"{slug}"' for slug in slugs), seed=1, path=path))
    web, postgres = rig.cpu_seconds()
    output = subprocess.run(
        [
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{SECONDS}s",
            "--timeout",
            "10s",
            "-s",
            str(script),
            f"http://127.0.0.1:{rig.port}",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    web_after, postgres_after = rig.cpu_seconds()
    if "errors 0" not in output or "Non-2xx" in output:
        raise SystemExit(output)
    requests = int(found(r"(\d+) requests in", output))
    return Run(
        rate=float(found(r"Requests/sec:\s+([\d.]+)", output)),
        p95_ms=int(found(r"p95 (\d+)", output)) / 1000,
        web_ms=1000 * (web_after - web) / requests,
        postgres_ms=1000 * (postgres_after - postgres) / requests,
    )


def prepare(rig: Rig, shops: dict[str, int], products: int) -> dict[str, list[str]]:
    """Make one shop of 10,000 products and, for each scale, many shops that share its products."""
    from hansa.domain.tenants.services.create import create_tenant

    groups: dict[str, list[str]] = {}
    with (
        psycopg.connect(rig.database.url("postgres"), autocommit=True) as superuser,
        psycopg.connect(rig.database.url("hansa_app")) as app,
    ):
        for scale, count in shops.items():
            groups[scale] = []
            for number in track(range(count), f"filling {scale}", console=console, disable=count == 1):
                tenant = create_tenant(slug=f"shop-{count}-{number}", name=f"Shop {number}")
                fill(app, tenant.id, products=ONE_SHOP if count == 1 else products // count, shelves=10)
                groups[scale].append(tenant.slug)
                if number in {0, 1, 10, 100}:
                    superuser.execute("ANALYZE")  # as autovacuum would, had it the time
        superuser.execute("VACUUM ANALYZE")
    return groups


def compare(rig: Rig, groups: dict[str, list[str]]) -> dict[str, Run]:
    """Measure the empty endpoint and the list of each group in turn; returns the medians of the rounds."""
    one = next(iter(groups.values()))
    tasks = {"empty `def` endpoint": (EMPTY, one)} | {f"list, {name}": (LIST, slugs) for name, slugs in groups.items()}
    with rig.serving():
        for path, slugs in tasks.values():
            measure(rig, path, slugs)
        rounds = [{name: measure(rig, *task) for name, task in tasks.items()} for _ in range(ROUNDS)]
    return {name: _median([measured[name] for measured in rounds]) for name in tasks}


def _median(runs: list[Run]) -> Run:
    fields = ("rate", "p95_ms", "web_ms", "postgres_ms")
    return Run(**{field: statistics.median(getattr(run, field) for run in runs) for field in fields})


def show(results: dict[str, Run]) -> None:
    """Print the comparison."""
    table = Table(title=f"The storefront's list: {CONNECTIONS} connections, {WORKERS} workers, one machine for all")
    for heading in ("what", "requests/s", "of empty", "p95 ms", "p95 of 10,000", "web CPU ms", "PostgreSQL CPU ms"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    empty, base = list(results.values())[:2]
    for name, run in results.items():
        p95 = "" if run is empty else f"{run.p95_ms / base.p95_ms:.2f} ×"
        cells = (f"{run.rate:,.0f}", f"{run.rate / empty.rate:.0%}", f"{run.p95_ms:.1f}", p95)
        table.add_row(name, *cells, f"{run.web_ms:.3f}", f"{run.postgres_ms:.3f}")
    console.print(table)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenants", type=int, default=100)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--port", type=int, default=8190)
    arguments = parser.parse_args()
    many = f"{arguments.products:,} in {arguments.tenants:,} shops"
    with tempfile.TemporaryDirectory(prefix="hansa-bench-") as directory:
        rig = Rig(Path(directory), arguments.port)
        server = cli.start_database()
        cli.set_up_django()
        try:
            groups = prepare(rig, {f"{ONE_SHOP:,} in one shop": 1, many: arguments.tenants}, arguments.products)
            close_connections()
            show(compare(rig, groups))
        finally:
            close_connections()
            if server:
                server.release()


if __name__ == "__main__":
    main()
