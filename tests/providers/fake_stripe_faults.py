"""A small server in front of localstripe: mends what localstripe lacks, and fails as it is told.

Mended: idempotency keys are honoured, as Stripe honours them (the first answer is given again,
unless it was an error of the server); an intent says what it has received; `return_url` is taken;
intents are found by their metadata.
"""

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

HANG_SECONDS = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def localstripe() -> Iterator[str]:
    """Run localstripe as its own process and return its address."""
    port = free_port()
    command = [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_it_listens(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_it_listens(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "localstripe ended"
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            process.poll()
            threading.Event().wait(0.05)
    message = "localstripe does not listen"
    raise AssertionError(message)


class FakeStripe:
    """The server's side: what goes wrong next, and what has been answered."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.address = ""
        self.is_over = threading.Event()
        self._faults: list[tuple[str, str]] = []
        self._answers: dict[str, tuple[int, bytes]] = {}
        self._captured: dict[str, int] = {}
        self._lock = threading.Lock()
        self._key_locks: dict[str, threading.Lock] = {}

    def fail(self, path_end: str, fault: str, *, times: int = 1) -> None:
        """Let the next requests whose path ends so fail so."""
        self._faults += [(path_end, fault)] * times

    def next_fault(self, path: str) -> str:
        with self._lock:
            for number, (path_end, fault) in enumerate(self._faults):
                if path.endswith(path_end):
                    del self._faults[number]
                    return fault
        return ""

    def forget_keys(self) -> None:
        """Forget idempotency keys, as Stripe does after a day."""
        self._answers.clear()

    def answer(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Return localstripe's answer, or the one that was given for the same key before."""
        if "/search?" in path:
            return self._search(path)
        key = headers.get("idempotency-key", "")
        if method != "POST" or not key:
            return self._forward(method, path, body, headers)
        with self._lock:
            key_lock = self._key_locks.setdefault(key, threading.Lock())
        with key_lock:
            if key not in self._answers:
                status, answer = self._forward(method, path, body, headers)
                if status >= 500:
                    return status, answer
                self._answers[key] = (status, answer)
            return self._answers[key]

    def _forward(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        form.pop("return_url", None)
        if path.endswith("/capture"):
            self._captured[path.split("/")[-2]] = int(form["amount_to_capture"])
        request = urllib.request.Request(  # noqa: S310  (our own localstripe)
            self.upstream + path,
            data=urlencode(form).encode() if method == "POST" else None,
            method=method,
            headers={"Authorization": headers.get("authorization", "")},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                status, answer = response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                status, answer = error.code, error.read()
        return status, self._mended(answer)

    def _mended(self, answer: bytes) -> bytes:
        thing: dict[str, Any] = json.loads(answer)
        if thing.get("object") != "payment_intent":
            return answer
        is_in = thing["status"] == "succeeded"
        thing["amount_received"] = self._captured.get(thing["id"], thing["amount"]) if is_in else 0
        return json.dumps(thing).encode()

    def _intents(self, payment_id: str) -> list[dict[str, Any]]:
        headers = {"authorization": "Bearer sk_test_1"}
        _, answer = self._forward("GET", "/v1/payment_intents?limit=100", b"", headers)
        listed: list[dict[str, Any]] = json.loads(answer)["data"]
        return [intent for intent in listed if intent["metadata"].get("payment_id") == payment_id]

    def _search(self, path: str) -> tuple[int, bytes]:
        """Find by the payment's id in the metadata, which is all that we search for."""
        query = dict(parse_qsl(urlsplit(path).query))["query"]
        data = self._intents(query.rsplit(":", 1)[1].strip("'"))
        return 200, json.dumps({"object": "search_result", "data": data, "has_more": False}).encode()

    def charges(self, payment_id: object) -> list[int]:
        """Return what was really taken for the payment, intent by intent, straight from localstripe."""
        return [
            self._captured.get(intent["id"], intent["amount"])
            for intent in self._intents(str(payment_id))
            if intent["status"] == "succeeded"
        ]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def _serve(self, method: str) -> None:
        fake = self.server.fake
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        fault = fake.next_fault(self.path)
        if fault == "time-out before":
            self._hang()
            return
        if fault == "5xx before":
            self._send(503, b'{"error": {"type": "api_error", "message": "try later"}}')
            return
        status, answer = fake.answer(method, self.path, body, headers)
        if fault == "time-out after":
            self._hang()
        elif fault == "drip":
            self._drip(answer)
        elif fault == "hang up":
            self.close_connection = True
        else:
            self._send(*_spoiled(fault, status, answer))

    def _hang(self) -> None:
        self.server.fake.is_over.wait(HANG_SECONDS)
        self.close_connection = True

    def _send(self, status: int, answer: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _drip(self, answer: bytes) -> None:
        """Send a byte now and then: no single read takes long, all of them do."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        for byte in answer:
            if self.server.fake.is_over.wait(0.1):
                break
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, fake: FakeStripe) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fake = fake

    def handle_error(self, *_: Any) -> None:
        """Say nothing: the client hung up, as it was meant to."""


@contextmanager
def fake_stripe(upstream: str) -> Iterator[FakeStripe]:
    """Serve in front of localstripe."""
    fake = FakeStripe(upstream)
    server = _Server(fake)
    fake.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _spoiled(fault: str, status: int, answer: bytes) -> tuple[int, bytes]:
    """Return the answer as the fault leaves it."""
    if fault == "5xx after":
        return 500, b'{"error": {"type": "api_error", "message": "something broke"}}'
    if fault == "html":
        return 200, b"<html>maintenance</html>"
    if fault in {"wrong amount", "wrong currency", "no amount"}:
        thing = json.loads(answer)
        if fault == "wrong amount":
            thing["amount_received"] = 1
        elif fault == "wrong currency":
            thing["currency"] = "usd"
        else:
            thing["amount_received"] = None
        return status, json.dumps(thing).encode()
    return status, answer


@contextmanager
def webhooks_to(take: Callable[[tuple[bytes, dict[str, str]]], None]) -> Iterator[str]:
    """Listen for webhooks, hand each one's body and headers over, and return the address."""

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            take((body, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
