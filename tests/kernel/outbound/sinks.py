"""Servers that strangers might point us to, names that mean what a test says, and a record of who was called."""

import http.server
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import pytest

type Connections = list[tuple[str, int]]

_recording: list[Connections] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and _recording and isinstance(arguments[1], tuple):
        _recording[-1].append((str(arguments[1][0]), int(arguments[1][1])))


sys.addaudithook(_hear)


@contextmanager
def recorded_connections() -> Iterator[Connections]:
    """Record every connection that this process tries to make over IP, to whomever."""
    connections: Connections = []
    _recording.append(connections)
    try:
        yield connections
    finally:
        _recording.remove(connections)


class Names:
    """A resolver: what a name means, by turns; numbers mean what the system says they mean."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._answers: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []
        self._system = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._resolve)

    def mean(self, name: str, *turns: list[str]) -> None:
        """Let a name mean each of the answers in turn, and the last for ever."""
        self._answers[name] = [*turns]

    def _resolve(self, host: str, port: int, *arguments: Any, **more: Any) -> Any:
        self.asked.append(host)
        turns = self._answers.get(host)
        if turns is None:
            return self._system(host, port, *arguments, **(more | {"flags": socket.AI_NUMERICHOST}))
        answer = turns.pop(0) if len(turns) > 1 else turns[0]
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in answer
        ]


type Answering = Callable[[http.server.BaseHTTPRequestHandler], None]


class Sink:
    """An HTTP server on loopback that keeps what it is sent, and answers as told."""

    def __init__(self, answering: Answering, tls: Any = None) -> None:
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.bodies: WeakKeyDictionary[http.server.BaseHTTPRequestHandler, bytes] = WeakKeyDictionary()
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                sink.requests.append((self.command, self.path, headers, body))
                sink.bodies[self] = body
                answering(self)

            do_GET = do_POST = do_CONNECT = _serve  # noqa: N815  (the library's names)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # hung up on: that is the point
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def stop(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def answer(status: int, body: bytes = b"", **headers: str) -> Answering:
    """Answer each request with this."""

    def answering(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answering
