"""How fast a worker imports an uploaded file, beside the bare command's import of the same file.

python -m bench.import_job_benchmark --rows 300000

Starts a PostgreSQL of its own in a temporary directory, makes the file of `import_benchmark.py`, imports it
into one tenant as the command does, and into another as a job: streamed to the storage, put into the queue
of a worker's thread, imported with its lease and progress in each chunk's transaction. Prints rows/s of both, their
ratio (bar: 80 %) and the longest time between two commits of the progress (bar: 1 s).
"""

import argparse
import atexit
import os
import shutil
import sys
import tempfile
import threading
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from bench.import_benchmark import ROWS_PER_PRODUCT, close_connections, write_made_file

BAR = 0.8
BAR_SECONDS = 1.0
PATIENCE_SECONDS = 3600


def import_by_command(path: Path, slug: str) -> float:
    """Import as the command does, into a new tenant; returns seconds."""
    from hansa.domain.imports.services.import_file import import_file
    from hansa.domain.tenants.services.create import create_tenant
    from hansa.kernel.clock import now
    from hansa.kernel.tenancy import tenant_scope

    with tenant_scope(create_tenant(slug=slug, name=slug)):
        started = time.monotonic()
        import_file(path, file_format="shopify", now=now())
        return time.monotonic() - started


def import_by_job(path: Path, slug: str) -> tuple[float, list[float]]:
    """Upload and let a worker's thread import; returns the job's seconds, and when progress was kept."""
    from django.core.files.base import File

    from hansa.domain.imports.models import ImportRun
    from hansa.domain.imports.registry import on_progress
    from hansa.domain.imports.services.create_import import create_import
    from hansa.domain.imports.types import RunProgress
    from hansa.domain.tenants.services.create import create_tenant
    from hansa.domain.work.services.in_process import Threads
    from hansa.domain.work.services.jobs import offer_jobs
    from hansa.domain.work.types import Queue
    from hansa.kernel.clock import now
    from hansa.kernel.tenancy import tenant_scope

    moments: list[float] = []
    is_over = threading.Event()

    def hear(_: UUID, progress: RunProgress) -> None:
        moments.append(time.monotonic())
        if progress.status in {"done", "failed"}:
            is_over.set()

    tenant = create_tenant(slug=slug, name=slug)
    with tenant_scope(tenant), path.open("rb") as content:
        began = time.monotonic()
        run = create_import(
            upload=File(content), file_name=path.name, file_format="shopify", is_dry_run=False, now=now()
        )
        print(f"  uploaded in {time.monotonic() - began:.1f} s", flush=True)
        offer_jobs(ImportRun, most=1, now=now() + timedelta(seconds=1))
    on_progress(hear)
    threads = Threads({Queue.BULK: 1})
    started = time.monotonic()
    threads.put(Queue.BULK, "hansa.imports.import_upload", tenant.id, run.id)
    is_over.wait(PATIENCE_SECONDS)
    seconds = time.monotonic() - started
    threads.stop()
    return seconds, moments


def measure(products: int, home: Path) -> int:
    """Make the file, import it twice, print."""
    from hansa.config.cli import start_database

    start_database()
    import django

    django.setup()
    made, warm_up = home / "made.csv", home / "warm-up.csv"
    write_made_file(made, products)
    write_made_file(warm_up, 500)
    rows = products * ROWS_PER_PRODUCT
    import_by_command(warm_up, "warm-up")
    command = import_by_command(made, "by-command")
    print(f"command  {rows / command:9,.0f} rows/s   {command:.1f} s")
    job, moments = import_by_job(made, "by-job")
    # Until the first chunk the file is read once to its end, and nothing is imported yet.
    pause = max(later - sooner for sooner, later in pairwise(moments[1:]))
    print(f"job      {rows / job:9,.0f} rows/s   {job:.1f} s")
    print(f"ratio    {command / job:9.0%}          (bar: {BAR:.0%})")
    print(f"progress {len(moments):9} times, at most {pause:.2f} s apart (bar: {BAR_SECONDS:g} s)")
    close_connections()
    return 0 if command / job >= BAR and pause <= BAR_SECONDS else 1


def main() -> int:
    """Run it; exit 1 when a bar is missed."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rows", type=int, default=300_000)
    options = arguments.parse_args()
    home = Path(tempfile.mkdtemp(prefix="hansa-import-job-bench-"))
    os.environ |= {
        "HANSA_HOME": str(home),
        "HANSA_LOG_FORMAT": "text",
        "DJANGO_SETTINGS_MODULE": "hansa.config.settings",
    }
    os.environ.pop("DATABASE_URL", None)
    # Registered before the server is started, so it runs after the server has stopped.
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return measure(options.rows // ROWS_PER_PRODUCT, home)


if __name__ == "__main__":
    sys.exit(main())
