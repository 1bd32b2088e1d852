"""Connections to addresses that were looked at before, within one deadline."""

import socket
import ssl
import threading
import time
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

import httpcore2

from hansa.kernel.outbound.rules import Address


class Deadline:
    """When everything together must be over."""

    def __init__(self, seconds: float) -> None:
        """Begin now."""
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left. Raises TimeoutError when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            message = "it took too long"
            raise TimeoutError(message)
        return left


def resolve(host: str, port: int) -> list[Address]:
    """Ask the system for all addresses of a host. Raises OSError."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(answer[4][0]) for answer in answers))


def resolve_within(deadline: Deadline, host: str, port: int) -> list[Address]:
    """Ask for the addresses, but do not wait longer than the deadline. Raises OSError, TimeoutError."""
    answers: list[list[Address] | OSError] = []

    def ask() -> None:
        try:
            answers.append(resolve(host, port))
        except (OSError, UnicodeError) as error:
            answers.append(OSError(str(error)))

    asking = threading.Thread(target=ask, name="hansa-resolve", daemon=True)
    asking.start()
    asking.join(deadline.left())
    deadline.left()
    (answer,) = answers
    if isinstance(answer, OSError):
        raise answer
    return answer


class PinnedBackend(httpcore2.NetworkBackend):
    """Connects to the given addresses, whatever the name might mean by now."""

    def __init__(self, addresses: list[Address], deadline: Deadline) -> None:
        """Take the addresses, to be tried one after the other."""
        self._addresses = addresses
        self._deadline = deadline
        self.connected_to: Address | None = None

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002
        port: int,
        timeout: float | None = None,  # noqa: ARG002  (the deadline holds)
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        """Connect to the first of the addresses that answers. Raises OSError, TimeoutError."""
        failure: OSError = OSError("the name has no address")
        for place, address in enumerate(self._addresses):
            share = self._deadline.left() / (len(self._addresses) - place)
            try:
                raw = socket.create_connection((str(address), port), share)
            except OSError as error:
                failure = error
                continue
            self.connected_to = address
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return DeadlineStream(raw, self._deadline)
        raise failure


class DeadlineStream(httpcore2.NetworkStream):
    """A socket that stops when the deadline comes, also when it gets a byte now and then."""

    def __init__(self, raw: socket.socket, deadline: Deadline) -> None:
        """Take a connected socket."""
        self._socket = raw
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  (the deadline holds)
        """Receive what is there, or wait for it."""
        self._socket.settimeout(self._deadline.left())
        return self._socket.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Send everything."""
        rest = memoryview(buffer)
        while rest:
            self._socket.settimeout(self._deadline.left())
            rest = rest[self._socket.send(rest) :]

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        """Shake hands; Python counts one timeout for all of a handshake."""
        try:
            self._socket.settimeout(self._deadline.left())
            secured = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except BaseException:
            self.close()
            raise
        return DeadlineStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  (the library's signature)
        """Tell what the library asks for."""
        if info == "ssl_object" and isinstance(self._socket, ssl.SSLSocket):
            return self._socket
        if info == "socket":
            return self._socket
        return None
