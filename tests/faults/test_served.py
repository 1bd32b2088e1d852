"""What only a real server shows: slow clients are cut off, and its log holds no secret."""

import http.client
import json
import os
import socket
from collections.abc import Iterator

import pytest

from hansa.kernel.tenancy import TenantContext
from tests.faults.serving import Running, web
from tests.worlds import draft, stock_shop

pytestmark = pytest.mark.faults

SECRETS = {
    "HANSA_SECRET_KEY": "canary-key-Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8Ii9Jj0Kk1Ll2Mm3Nn4Oo5",
    "HANSA_STRIPE_SECRET_KEY": "sk_test_canaryStripe0123456789",
    "HANSA_STRIPE_WEBHOOK_SECRET": "whsec_canaryWebhook0123456789",
    "HANSA_EMAIL_URL": "smtp://mailer:canary-mail-password@127.0.0.1:1",
}
TYPED = {
    "password": "canary-typed-password",
    "bearer": "hansa_live_canaryApiKey0123456789",
    "gift card": "CANARYGIFTCARD2345",
    "card": "4242 4242 4242 4242",
    "cookie": "canarysessioncookie0123456789",
    "token": "c0ffeec0ffeec0ffeec0ffeec0ffee42",
}


@pytest.fixture(scope="module")
def served() -> Iterator[Running]:
    name, _, place = os.environ["DATABASE_URL"].removeprefix("postgresql://").rpartition("@")
    canary = f"postgresql://{name.partition(':')[0]}:canary-database-password@{place}"
    with web(
        workers=1, environment=SECRETS | {"DATABASE_URL": canary, "HANSA_STRIPE_API_BASE": "http://127.0.0.1:1"}
    ) as running:
        yield running


def _ask(
    running: Running, tenant: TenantContext, method: str, path: str, body: str = "", **headers: str
) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body or None, {"host": f"{tenant.slug}.localhost", **named})
    answer = connection.getresponse()
    try:
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_no_secret_is_in_the_log_nor_in_any_answer(served: Running, shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    said = []
    kinds = set()
    bearer = f"Bearer {TYPED['bearer']}"
    form = "application/x-www-form-urlencoded"
    for method, path, body, headers in [
        ("POST", "/api/v1/carts", json.dumps({"gift_card_codes": [TYPED["gift card"]]}), {}),
        ("POST", "/api/v1/carts", json.dumps({"email": TYPED["card"]}), {"authorization": bearer}),
        ("POST", "/api/v1/carts", '{"password": "' + TYPED["password"], {}),
        ("GET", f"/api/v1/products?limit=x&token={TYPED['token']}", "", {"authorization": bearer}),
        ("GET", f"/api/v1/nothing/{TYPED['token']}", "", {"cookie": f"sessionid={TYPED['cookie']}"}),
        ("GET", f"/orders/{TYPED['token']}?token={TYPED['token']}", "", {}),
        ("POST", "/admin/login/", f"username=a&password={TYPED['password']}", {"content_type": form}),
        ("POST", "/callbacks/stripe", json.dumps(TYPED), {"stripe_signature": f"t=1,v1={TYPED['token']}"}),
        ("POST", "/callbacks/manual", json.dumps(TYPED), {}),
        ("POST", "/checkout", f"card={TYPED['card']}", {"content_type": form, "cookie": f"cart={TYPED['token']}"}),
        ("TRACE", "/", "", {"authorization": bearer}),
        ("GET", "/api/v1/products?search=%ff%fe%00", "", {"authorization": bearer}),
    ]:
        given = {"content_type": "application/json"} | headers if body else headers
        status, text = _ask(served, shop, method, path, body, **given)
        kinds.add(status)
        said.append(text.replace(TYPED["card"], "", 1) if status == 422 and "email" in text else text)
    assert {404, 405, 422} <= kinds
    log = served.said()
    assert shop.slug in log, "the log was written"
    for name, canary in (
        SECRETS | TYPED | {"database": "canary-database-password", "mail": "canary-mail-password"}
    ).items():
        assert canary not in log, name
    for name, canary in (SECRETS | {"database": "canary-database-password", "mail": "canary-mail-password"}).items():
        assert not [text for text in said if canary in text], name
    for name in ("password", "bearer", "cookie"):
        assert not [text for text in said if TYPED[name] in text], name
    assert not [text for text in said if "Traceback" in text]


def _open(running: Running) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", running.port), timeout=60)
    client.settimeout(60)
    return client


def test_who_drips_is_cut_off_and_others_are_served(served: Running, shop: TenantContext) -> None:
    host = f"{shop.slug}.localhost".encode()
    heads = [_open(served) for _ in range(100)]
    for client in heads:
        client.sendall(b"GET /api/v1/products HTTP/1.1\r\nHost: " + host + b"\r\nX-Slow: ")
    bodies = [_open(served) for _ in range(60)]
    for client in bodies:
        client.sendall(
            b"POST /api/v1/carts HTTP/1.1\r\nHost: "
            + host
            + b"\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
        )
    try:
        assert _ask(served, shop, "GET", "/api/v1/products")[0] == 200
        assert _ask(served, shop, "POST", "/api/v1/carts", "{}", content_type="application/json")[0] == 201
        for client in bodies:
            answer = client.recv(65536)
            assert answer.startswith(b"HTTP/1.1 408 "), answer[:200]
            assert b"body_too_slow" in answer
            assert b"\r\nconnection: close\r\n" in answer.lower()
        for client in heads:
            assert not client.recv(65536).startswith(b"HTTP/1.1 200")
    finally:
        for client in (*heads, *bodies):
            client.close()
