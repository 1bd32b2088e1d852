"""The client: Note [Other people's addresses].

    answer = fetch("https://example.com/picture.png", timeout=15, max_bytes=10_000_000)
    answer.status, answer.headers["content-type"], answer.body

Both wait for somebody else's server: be outside a transaction, and give the database's connection back
(`django.db.connection.close()`) before.
"""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import httpcore2
import httpx2
from django.conf import settings

from hansa.kernel.errors import TooLarge, Unavailable
from hansa.kernel.outbound import wire
from hansa.kernel.outbound.rules import (
    Address,
    AddressRefused,
    AllowList,
    check_addresses,
    check_scheme,
    is_public,
    literal_address,
    port_of,
    read_allow_list,
    read_url,
)

TIMEOUT_SECONDS = 15.0
USER_AGENT = "Hansa/1"


class NoAnswer(Unavailable):
    """The server did not answer, not in time, or not in HTTP; it may do so later."""

    code = "no_answer"


class AnswerTooLarge(TooLarge):
    """The answer is larger than what was asked for."""

    code = "answer_too_large"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server has said: any status, 3xx too."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name; of several of one name, the last."""
    body: bytes
    is_whole: bool
    """False: there was more than the limit, and it was not read."""
    address: str
    """Whom we were connected to: the server, or the proxy."""
    is_public: bool
    """Whether the server is one that everybody may call: only then may its answer be shown to who gave the address."""
    seconds: float


def fetch(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT_SECONDS,
    max_bytes: int = 10_000_000,
) -> Answer:
    """Read an address. `timeout` in seconds, for everything together; raises AnswerTooLarge above `max_bytes`.

    Raises AddressRefused (never called, nothing will change that) and NoAnswer (Unavailable: try later).
    """
    answer = _call("GET", url, b"", headers or {}, timeout, max_bytes)
    if not answer.is_whole:
        message = f"The answer is larger than {max_bytes:,} bytes."
        raise AnswerTooLarge(message)
    return answer


def post(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT_SECONDS,
    max_bytes: int = 10_000,
) -> Answer:
    """Send `body` to an address. Of the answer's body at most `max_bytes` are read. Raises as `fetch` does."""
    return _call("POST", url, body, headers or {}, timeout, max_bytes)


def check_address(url: str) -> None:
    """Raise AddressRefused when the address can never be called, without asking what its name means."""
    parsed = read_url(url)
    allowed = read_allow_list(settings.OUTBOUND_ALLOW)
    literal = literal_address(parsed.host)
    if literal is not None:
        check_addresses(parsed, [literal], allowed)
    elif not allowed.has_host(parsed.host) and not allowed.networks:
        check_scheme(parsed)


def _call(method: str, url: str, body: bytes, headers: Mapping[str, str], timeout: float, max_bytes: int) -> Answer:
    started = time.monotonic()
    deadline = wire.Deadline(timeout)
    parsed = read_url(url)
    try:
        backend, is_open = _backend_for(parsed, deadline)
        status, answered, read = _exchange(method, parsed, body, headers, backend, max_bytes)
    except TimeoutError as error:
        message = f"There was no whole answer within {timeout:g} seconds."
        raise NoAnswer(message) from error
    except (OSError, httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.ProxyError) as error:
        message = f"There was no answer: {type(error).__name__}: {error}"
        raise NoAnswer(message[:300]) from error
    return Answer(
        status=status,
        headers=answered,
        body=read[:max_bytes],
        is_whole=len(read) <= max_bytes,
        address=str(backend.connected_to),
        is_public=is_open,
        seconds=time.monotonic() - started,
    )


def _backend_for(url: httpx2.URL, deadline: wire.Deadline) -> tuple[wire.PinnedBackend, bool]:
    """Resolve the name and look at what it means; tells also whether all of it is public."""
    allowed = read_allow_list(settings.OUTBOUND_ALLOW)
    if settings.OUTBOUND_PROXY:
        return _proxy_backend(url, allowed, deadline), False
    if not allowed.has_host(url.host) and not allowed.networks:
        check_scheme(url)
    addresses = wire.resolve_within(deadline, url.host, port_of(url))
    check_addresses(url, addresses, allowed)
    return wire.PinnedBackend(addresses, deadline), all(is_public(each) for each in addresses)


def _proxy_backend(url: httpx2.URL, allowed: AllowList, deadline: wire.Deadline) -> wire.PinnedBackend:
    literal = literal_address(url.host)
    if literal is not None:
        check_addresses(url, [literal], allowed)
    elif not allowed.has_host(url.host):
        check_scheme(url)
        if url.host.rstrip(".").endswith("localhost"):
            message = "The address does not lead to a public server."
            raise AddressRefused(message)
    proxy = httpx2.URL(settings.OUTBOUND_PROXY)
    addresses: list[Address] = wire.resolve_within(deadline, proxy.host, proxy.port or 80)
    return wire.PinnedBackend(addresses, deadline)


def _exchange(
    method: str,
    url: httpx2.URL,
    body: bytes,
    headers: Mapping[str, str],
    backend: wire.PinnedBackend,
    max_bytes: int,
) -> tuple[int, dict[str, str], bytes]:
    sent = {
        "host": url.netloc.decode("ascii"),
        "user-agent": USER_AGENT,
        "accept": "*/*",
        "accept-encoding": "identity",
        "connection": "close",
        **{name.lower(): value for name, value in headers.items()},
    }
    if method == "POST":
        sent["content-length"] = str(len(body))
    target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=port_of(url), target=url.raw_path)
    proxy = httpcore2.Proxy(settings.OUTBOUND_PROXY) if settings.OUTBOUND_PROXY else None
    with (
        httpcore2.ConnectionPool(
            ssl_context=tls_context(), proxy=proxy, max_connections=1, network_backend=backend
        ) as pool,
        pool.stream(method, target, headers=list(sent.items()), content=body) as answer,
    ):
        read = bytearray()
        for piece in answer.iter_stream():
            read += piece
            if len(read) > max_bytes:
                break
        named = {name.decode("ascii").lower(): value.decode("latin-1") for name, value in answer.headers}
        return answer.status, named, bytes(read)


@cache
def tls_context() -> ssl.SSLContext:
    """Return the context that all calls share: reading the certificates of the system takes long."""
    return httpx2.create_ssl_context()
