"""Hansa as it runs in production: web processes and a worker of our own, on the test's database.

Processes are ended by the id of what was started here, and nothing else is touched.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hansa.kernel.tenancy import TenantContext
from tests.faults.invariants import check_books, violations

START_SECONDS = 90
QUIET_SECONDS = 60
"""Within this, everything that was interrupted must have come to a legal end."""

# Short times, so that what must happen after a time-out happens while somebody watches. The first check
# of a payment and the lease of a checkout follow from the provider's time-out.
SHORT = {"HANSA_RESERVATION_SECONDS": "4", "HANSA_PAYMENT_TIMEOUT_SECONDS": "0.5"}
_COMMON = {"HANSA_WORKER": "false", "HANSA_DATABASE_POOL_SIZE": "8", "HANSA_LOG_FORMAT": "json", "HANSA_DIE_AT": ""}


@dataclass(frozen=True)
class Running:
    """A process that we started."""

    process: "subprocess.Popen[str]"
    log: Path
    port: int = 0

    def said(self) -> str:
        """Return what it has logged so far."""
        return self.log.read_text()


@contextmanager
def web(
    *,
    die_at: str = "",
    workers: int = 2,
    module: Sequence[str] = ("hansa", "serve"),
    environment: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """Serve all shops as `hansa serve` does; with `die_at` each web process dies at that point."""
    port = _free_port()
    settings = {"HANSA_DIE_AT": die_at, "HANSA_WORKERS": str(workers)} | dict(environment or {})
    with _started([*module, "--port", str(port)], settings) as (process, log):
        running = Running(process, log, port)
        wait_until_it_answers(running)
        yield running


@contextmanager
def worker(
    *, module: Sequence[str] = ("hansa", "worker"), environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Run the worker as `hansa worker` does."""
    with _started(module, dict(environment or {})) as (process, log):
        yield Running(process, log)


@contextmanager
def _started(arguments: Sequence[str], environment: dict[str, str]) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    with tempfile.NamedTemporaryFile("w", prefix="hansa-faults-", suffix=".log", delete=False) as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env=os.environ | _COMMON | environment,
            stdout=log,
            stderr=log,
            text=True,
        )
    path = Path(log.name)
    try:
        yield process, path
    finally:
        # Who is to die anyway is not asked to: its web processes end with it (config/lifetime.py).
        process.send_signal(signal.SIGKILL if environment.get("HANSA_DIE_AT") else signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        said = path.read_text()
        path.unlink()
    bugs = [line for line in said.splitlines() if "unexpected_error" in line or "duty_failed" in line]
    assert not bugs, f"{' '.join(arguments)} logged:\n" + "\n".join(bugs[:3])


def quiet(tenants: Sequence[TenantContext], *, seconds: float = QUIET_SECONDS) -> float:
    """Wait until nothing is under way in any of the shops and all books add up; returns the seconds it took.

    Fails with what is still open, or wrong, when the time is over.
    """
    started = time.monotonic()
    waiting = list(tenants)
    while True:
        open_ones = {}
        for tenant in waiting:
            check_books(tenant, settled=False)
            open_ones[tenant] = violations(tenant)
        waiting = [tenant for tenant, found in open_ones.items() if found]
        passed = time.monotonic() - started
        if not waiting:
            return passed
        assert passed < seconds, f"still open after {seconds} seconds:\n" + "\n".join(
            f"{tenant.slug}: {one}" for tenant, found in open_ones.items() for one in found
        )
        time.sleep(0.25)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_until_it_answers(running: Running) -> None:
    """Wait until a web process answers."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert running.process.poll() is None, running.said()
        assert time.monotonic() < deadline, running.said()
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
            continue
        finally:
            connection.close()
        if status == 200:
            return
        time.sleep(0.1)
