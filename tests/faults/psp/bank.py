"""A bank with an HTTP interface, its own ledger, and bad days: what happens to a request is drawn from a seed."""

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def open_bank(seed: int) -> Iterator[tuple[Bank, int]]:
    """Open a bank; yields it and its port."""
    bank = Bank(seed)

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802  (the base's name)
            wanted = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if self.path == "/find":
                self._tell(bank.find(wanted["id"]))
            elif self.path == "/refund":
                self._tell(bank.refund(wanted))
            else:
                self._pay(wanted)

        def _pay(self, wanted: dict[str, Any]) -> None:
            fate = bank.fate()
            if fate == "error":
                self.send_error(503)
                return
            if fate == "hangs":
                bank.closing.wait(HANG_SECONDS)
            charged = None if fate == "silent_before" else bank.charge(wanted)
            if fate.startswith("silent"):
                bank.closing.wait(5)  # longer than anybody waits
                return
            assert charged is not None
            self._tell(charged)

        def _tell(self, facts: dict[str, Any]) -> None:
            body = json.dumps(facts).encode()
            try:
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # nobody is waiting any more

        def log_message(self, *_: object) -> None:
            pass

    class Hall(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True

    with Hall(("127.0.0.1", 0), Desk) as hall:
        thread = threading.Thread(target=hall.serve_forever)
        thread.start()
        try:
            yield bank, hall.server_port
        finally:
            bank.closing.set()
            hall.shutdown()
            thread.join()
