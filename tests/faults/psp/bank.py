"""A bank with an HTTP interface, its own ledger, and bad days: what happens to a request is drawn from a seed."""

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FATES = ("fine", "silent_after", "silent_before", "error", "hangs")
SHARES = (74, 10, 10, 5, 1)
HANG_SECONDS = 30


class Bank:
    """What it charged, by the payment's id; asking twice charges once."""

    def __init__(self, seed: int) -> None:
        """Take the seed of its bad days."""
        self._chance = random.Random(seed)  # noqa: S311
        self._lock = threading.Lock()
        self.charges: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.fates: Counter[str] = Counter()
        self.is_well = False
        """On a good day nothing fails."""
        self.closing = threading.Event()

    def fate(self) -> str:
        """Draw what happens to the next payment."""
        with self._lock:
            fate = "fine" if self.is_well else self._chance.choices(FATES, SHARES)[0]
            self.fates[fate] += 1
            return fate

    def charge(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Charge once per id, unless it was declared dead before."""
        with self._lock:
            return self.charges.setdefault(wanted["id"], wanted | {"state": "paid"})

    def find(self, identifier: str) -> dict[str, Any]:
        """Say what became of it; one that never came will never be charged."""
        with self._lock:
            return self.charges.setdefault(identifier, {"id": identifier, "state": "declined"})

    def refund(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Send back once per id."""
        with self._lock:
            return self.refunds.setdefault(wanted["id"], wanted)


class Desk(BaseHTTPRequestHandler):
    """Where requests come in."""

    bank: Bank

    def do_POST(self) -> None:
        wanted = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/find":
            self._tell(self.bank.find(wanted["id"]))
        elif self.path == "/refund":
            self._tell(self.bank.refund(wanted))
        else:
            self._pay(wanted)

    def _pay(self, wanted: dict[str, Any]) -> None:
        fate = self.bank.fate()
        if fate == "error":
            self.send_error(503)
            return
        if fate == "hangs":
            self.bank.closing.wait(HANG_SECONDS)
        charged = {} if fate == "silent_before" else self.bank.charge(wanted)
        if fate.startswith("silent"):
            self.bank.closing.wait(5)  # longer than anybody waits
            return
        self._tell(charged)

    def _tell(self, facts: dict[str, Any]) -> None:
        body = json.dumps(facts).encode()
        with suppress(OSError):  # nobody is waiting any more
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Hall(ThreadingHTTPServer):
    """Room for everybody who comes."""

    request_queue_size = 128
    daemon_threads = True


@contextmanager
def open_bank(seed: int) -> Iterator[tuple[Bank, int]]:
    """Open a bank; yields it and its port."""
    bank = Bank(seed)
    with Hall(("127.0.0.1", 0), type("OurDesk", (Desk,), {"bank": bank})) as hall:
        thread = threading.Thread(target=hall.serve_forever)
        thread.start()
        try:
            yield bank, hall.server_port
        finally:
            bank.closing.set()
            hall.shutdown()
            thread.join()
