"""Calls to other people's addresses: Note [Other people's addresses]."""

import http.server
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from hansa.kernel.outbound.client import AnswerTooLarge, NoAnswer, check_address, fetch, post, tls_context
from hansa.kernel.outbound.rules import AddressRefused, check_proxy, is_public, read_allow_list
from tests.kernel.outbound.sinks import Answering, Names, Sink, answer, recorded_connections

type Opens = Callable[..., Sink]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


@pytest.fixture
def sink() -> Iterator[Opens]:
    sinks: list[Sink] = []

    def open_sink(answering: Answering, tls: Any = None) -> Sink:
        sinks.append(Sink(answering, tls))
        return sinks[-1]

    yield open_sink
    for one in sinks:
        one.stop()


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.test/",
        "gopher://shop.test/",
        "ftp://shop.test/",
        "file:///etc/passwd",
        "unix:/run/docker.sock",
        "https://shop.test:22/",
        "https://user:secret@shop.test/",
        "https://shop.test@127.0.0.1/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://0x7f.0.0.1/",
        "https://0x7f000001/",
        "https://0/",
        "https://10.0.0.1/",
        "https://192.168.1.1:8443/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fd00::1]/",
        "https://[fe80::1]/",
        "https://[fec0::1]/",
        "https://１２７.０.０.１/",
        "https:///path",
        "https://",
        "nonsense",
        "",
        "https://shop.test/" + "a" * 2000,
    ],
)
def test_what_is_no_public_https_address_is_refused_and_nobody_is_connected_to(names: Names, url: str) -> None:
    names.mean("shop.test", ["93.184.216.34"])
    with recorded_connections() as connections:
        with pytest.raises(AddressRefused):
            fetch(url, timeout=2)
        with pytest.raises(AddressRefused):
            post(url, body=b"{}", timeout=2)
        with pytest.raises(AddressRefused):
            check_address(url)
    assert connections == []


@pytest.mark.parametrize(
    "meaning",
    [
        ["127.0.0.1"],
        ["93.184.216.34", "127.0.0.1"],
        ["127.0.0.1", "93.184.216.34"],
        ["2606:4700::1", "::1"],
        ["::ffff:10.0.0.1"],
        ["169.254.169.254"],
    ],
)
def test_a_name_with_one_address_that_is_not_public_is_refused(names: Names, meaning: list[str]) -> None:
    names.mean("127.0.0.1.nip.io", meaning)
    with recorded_connections() as connections, pytest.raises(AddressRefused):
        fetch("https://127.0.0.1.nip.io/", timeout=2)
    assert connections == []


def test_a_name_that_means_something_else_a_moment_later_is_asked_once_and_pinned(
    names: Names, sink: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = sink(answer(200))
    names.mean("flips.test", ["127.0.0.2"], ["127.0.0.1"])
    monkeypatch.setattr("django.conf.settings.OUTBOUND_ALLOW", "127.0.0.2")
    with recorded_connections() as connections, pytest.raises(NoAnswer):
        fetch(f"http://flips.test:{inner.port}/", timeout=2)
    assert names.asked.count("flips.test") == 1
    assert {host for host, _ in connections} == {"127.0.0.2"}
    assert inner.requests == []


def test_a_name_that_flips_between_two_calls_is_looked_at_each_time(names: Names) -> None:
    names.mean("flips.test", ["127.0.0.1"])
    with recorded_connections() as connections:
        for _ in range(3):
            with pytest.raises(AddressRefused):
                fetch("https://flips.test/", timeout=2)
    assert connections == []
    assert names.asked.count("flips.test") == 3


def test_an_allowed_host_is_called_on_any_port_and_the_answer_is_not_for_strangers(names: Names, sink: Opens) -> None:
    receiver = sink(answer(201, b"thanks", x_receiver="here"))
    names.mean("receiver.test", ["127.0.0.1"])
    with override_settings(OUTBOUND_ALLOW="receiver.test"):
        url = f"http://receiver.test:{receiver.port}/hook?a=1"
        check_address(url)
        got = post(url, body=b'{"a":1}', headers={"Content-Type": "application/json"})
    assert (got.status, got.body, got.is_whole, got.is_public) == (201, b"thanks", True, False)
    assert got.headers["x-receiver"] == "here"
    assert got.address == "127.0.0.1"
    ((method, path, headers, body),) = receiver.requests
    assert (method, path, body) == ("POST", "/hook?a=1", b'{"a":1}')
    assert headers["host"] == f"receiver.test:{receiver.port}"
    assert (headers["content-type"], headers["accept-encoding"]) == ("application/json", "identity")


def test_an_allowed_network_opens_nothing_beside_it(names: Names, sink: Opens) -> None:
    receiver = sink(answer(200))
    names.mean("inside.test", ["127.0.0.1"])
    names.mean("beside.test", ["127.0.0.1", "10.0.0.1"])
    with override_settings(OUTBOUND_ALLOW="127.0.0.1/32"), recorded_connections() as connections:
        assert fetch(f"http://inside.test:{receiver.port}/").status == 200
        for url in (f"http://beside.test:{receiver.port}/", "https://beside.test/", "https://127.0.0.2/"):
            with pytest.raises(AddressRefused):
                fetch(url, timeout=2)
    assert connections == [("127.0.0.1", receiver.port)]


def test_a_redirect_is_an_answer_and_is_not_followed(sink: Opens) -> None:
    inner = sink(answer(200, b"secret"))
    outer = sink(answer(302, location=f"http://127.0.0.1:{inner.port}/"))
    with override_settings(OUTBOUND_ALLOW="127.0.0.1"):
        assert fetch(f"http://127.0.0.1:{outer.port}/").status == 302
    assert inner.requests == []


def test_an_answer_is_read_up_to_its_limit(sink: Opens) -> None:
    receiver = sink(answer(200, b"x" * 50_000))
    url = f"http://127.0.0.1:{receiver.port}/"
    with override_settings(OUTBOUND_ALLOW="127.0.0.1"):
        got = post(url, body=b"", max_bytes=1024)
        assert (len(got.body), got.is_whole) == (1024, False)
        assert len(fetch(url, max_bytes=50_000).body) == 50_000
        with pytest.raises(AnswerTooLarge):
            fetch(url, max_bytes=49_999)


def test_an_answer_without_end_is_read_up_to_its_limit(sink: Opens) -> None:
    def pour(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 10_000)

    receiver = sink(pour)
    with override_settings(OUTBOUND_ALLOW="127.0.0.1"):
        assert post(f"http://127.0.0.1:{receiver.port}/", body=b"", max_bytes=1000).is_whole is False


@pytest.mark.parametrize("part", ["headers", "body"])
def test_who_drips_is_given_up_on_at_the_deadline(sink: Opens, part: str) -> None:
    stopped = threading.Event()

    def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
        if part == "body":
            handler.send_response(200)
            handler.end_headers()
        else:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not stopped.wait(0.02):
            handler.wfile.write(b"x")

    receiver = sink(drip)
    try:
        with override_settings(OUTBOUND_ALLOW="127.0.0.1"), pytest.raises(NoAnswer):
            post(f"http://127.0.0.1:{receiver.port}/", body=b"", timeout=0.3)
    finally:
        stopped.set()


def test_who_never_answers_is_given_up_on(sink: Opens) -> None:
    stopped = threading.Event()
    receiver = sink(lambda _: bool(stopped.wait(20)) and None)
    try:
        with override_settings(OUTBOUND_ALLOW="127.0.0.1"), pytest.raises(NoAnswer):
            fetch(f"http://127.0.0.1:{receiver.port}/", timeout=0.2)
    finally:
        stopped.set()


def test_a_resolver_that_hangs_is_given_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = threading.Event()

    def hang(*_: Any, **__: Any) -> Any:
        stopped.wait(20)
        raise OSError

    monkeypatch.setattr("socket.getaddrinfo", hang)
    try:
        with pytest.raises(NoAnswer):
            fetch("https://slow.test/", timeout=0.2)
    finally:
        stopped.set()


def test_an_unknown_name_may_be_known_later(names: Names) -> None:
    assert names.asked == []
    with pytest.raises(NoAnswer):
        fetch("https://nowhere.test/", timeout=5)


def test_what_is_no_http_is_no_answer(sink: Opens) -> None:
    receiver = sink(lambda handler: bool(handler.wfile.write(b"220 smtp ready\r\n")) and None)
    with override_settings(OUTBOUND_ALLOW="127.0.0.1"), pytest.raises(NoAnswer):
        fetch(f"http://127.0.0.1:{receiver.port}/")


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """Return a server's context for receiver.test, by an authority that we trust."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("receiver.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "receiver.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    tls_context.cache_clear()
    yield context
    tls_context.cache_clear()


def test_the_certificate_is_the_names_while_the_connection_goes_to_the_address(
    names: Names, sink: Opens, certificate: ssl.SSLContext
) -> None:
    said: list[str | None] = []
    certificate.sni_callback = lambda _, name, __: said.append(name)
    receiver = sink(answer(200), certificate)
    names.mean("receiver.test", ["127.0.0.1"])
    names.mean("other.test", ["127.0.0.1"])
    with override_settings(OUTBOUND_ALLOW="receiver.test,other.test"):
        assert fetch(f"https://receiver.test:{receiver.port}/").status == 200
        with pytest.raises(NoAnswer):
            fetch(f"https://other.test:{receiver.port}/")
    assert said == ["receiver.test", "other.test"]
    assert len(receiver.requests) == 1


def test_with_a_proxy_nobody_else_is_connected_to(names: Names, sink: Opens) -> None:
    proxy = sink(answer(403))
    names.mean("proxy.test", ["127.0.0.1"])
    with (
        override_settings(OUTBOUND_PROXY=f"http://proxy.test:{proxy.port}"),
        recorded_connections() as connections,
    ):
        with pytest.raises(NoAnswer):
            fetch("https://shop.test/")
        for url in ("https://127.1/", "https://localhost/", "http://shop.test/", "https://[::1]/"):
            with pytest.raises(AddressRefused):
                fetch(url)
    assert connections == [("127.0.0.1", proxy.port)]
    assert [(method, path) for method, path, _, _ in proxy.requests] == [("CONNECT", "shop.test:443")]
    assert "shop.test" not in names.asked


@pytest.mark.parametrize("text", ["10.0.0.1/8", "*.test", "receiver.test:80", "10.0.0.0/99"])
def test_an_allow_list_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="neither a host"):
        read_allow_list(text)


@pytest.mark.parametrize("text", ["https://proxy:3128", "proxy:3128", "socks5://proxy"])
def test_a_proxy_is_an_http_address(text: str) -> None:
    with pytest.raises(ValueError, match="http://proxy"):
        check_proxy(text)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))
