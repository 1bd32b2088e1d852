"""A PostgreSQL and a server of our own, in a throw-away directory, and what their processes use."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from hansa.config.embedded_postgres import EmbeddedPostgres

WORKERS = 2
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class Rig:
    """A database, a server, and what their processes have used so far."""

    def __init__(self, home: Path, port: int, target: str = "bench.server:application", workers: int = WORKERS) -> None:
        """Take the throw-away directory, and which application to serve in how many processes."""
        self.target, self.workers = target, workers
        self.home, self.port = home, port
        os.environ["HANSA_HOME"] = str(home)
        self.database = EmbeddedPostgres(home)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve until the block ends."""
        # Without the worker: what it does afterwards (events, e-mail) is not what a caller waits for.
        environment = os.environ | {
            "HANSA_LOG_FORMAT": "json",
            "HANSA_WORKERS": str(self.workers),
            "HANSA_WORKER": "false",
            # One address does it all: counted as in production, with limits that it does not reach.
            **{
                f"HANSA_LIMITS_{name}": "100000000/minute"
                for name in ("BROWSE", "CART", "CHECKOUT", "CODES", "LOGIN", "TENANT")
            },
            "HANSA_MAX_OPEN_ORDERS_PER_EMAIL": "1000000",
            "HANSA_MAX_OPEN_ORDERS_PER_ADDRESS": "0",
        }
        with (self.home / "server.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "bench.serve", str(self.port), self.target],
                env=environment,
                stdout=log,
                stderr=log,
            )
        self.server = process.pid
        try:
            self._wait_until_it_answers()
            yield
        finally:
            process.terminate()
            process.wait(30)

    def cpu_seconds(self) -> tuple[float, float]:
        """Return the CPU time that the server's and PostgreSQL's processes have used so far."""
        postmaster = int((self.home / "postgres" / "postmaster.pid").read_text().split()[0])
        return _family_seconds(self.server), _family_seconds(postmaster)

    def _wait_until_it_answers(self) -> None:
        for _ in range(300):
            try:
                with urlopen(Request(f"http://127.0.0.1:{self.port}/health/ready"), timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        message = f"the server did not start; see {self.home}/server.log"
        raise SystemExit(message)


def found(pattern: str, text: str) -> str:
    """Return what the pattern's group matches, or end with the text that does not."""
    match = re.search(pattern, text)
    if not match:
        raise SystemExit(text)
    return match[1]


def _family_seconds(root: int) -> float:
    """Return the CPU time of a process and of all below it, also of those that have ended."""
    parents: dict[int, int] = {}
    seconds: dict[int, float] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(status.parent.name)
        parents[pid] = int(fields[1])
        seconds[pid] = sum(int(field) for field in fields[11:15]) / CLOCK_TICKS
    total = 0.0
    for pid, used in seconds.items():
        ancestor = pid
        while ancestor in parents and ancestor != root:
            ancestor = parents[ancestor]
        if ancestor == root:
            total += used
    return total
