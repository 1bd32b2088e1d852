"""How often who may do what, and what is answered when it was too often."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import override_settings
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from hansa.interfaces.gate import Gate
from hansa.interfaces.guards.limits import operation_of
from hansa.kernel import limits
from hansa.kernel.limits import Counters, Memory
from hansa.kernel.tenancy import TenantContext
from tests.worlds import address, browser
from tests.worlds_redis import redis  # noqa: F401  (a fixture)

_SERVED = PlainTextResponse("served")
RATES = dict.fromkeys(("cart", "checkout", "login", "codes", "management", "upload", "callbacks"), "3/minute")


@pytest.fixture
def rates() -> Iterator[None]:
    limits.get_counters.cache_clear()
    with override_settings(RATES=RATES):
        yield
    limits.get_counters.cache_clear()


def _gate(counters: Counters, *, host: str = "10.1.1.1", app: Any = _SERVED) -> Any:
    async def serve(scope: Any, receive: Any, send: Any) -> None:
        from hansa.config.asgi import application

        if scope["type"] != "lifespan":
            scope["client"] = (host, 1)
        await (application if scope["type"] == "lifespan" else gate)(scope, receive, send)
        if scope["type"] == "lifespan":
            await counters.close()

    gate = Gate(app, counters)
    return serve


def _statuses(tenant: TenantContext, app: Any, times: int, method: str = "POST", path: str = "/cart/add") -> list[int]:
    with TestClient(app, address(tenant)) as client:
        return [client.request(method, path).status_code for _ in range(times)]


@pytest.mark.parametrize(
    ("method", "path", "content_type", "operation"),
    [
        ("GET", "/api/v1/products", b"", "browse"),
        ("HEAD", "/", b"", "browse"),
        ("POST", "/api/v1/carts", b"", "cart"),
        ("PATCH", "/api/v1/carts/1/lines/2", b"", "cart"),
        ("POST", "/api/v1/carts/1/checkout", b"", "checkout"),
        ("POST", "/checkout", b"", "checkout"),
        ("POST", "/admin/login/", b"", "login"),
        ("POST", "/_allauth/browser/v1/auth/login", b"", "login"),
        ("POST", "/_allauth/app/v1/auth/signup", b"", "login"),
        ("POST", "/_allauth/app/v1/auth/password/request", b"", "login"),
        ("GET", "/manage/v1/orders", b"", "management"),
        ("DELETE", "/manage/v1/api-keys/1", b"", "management"),
        ("GET", "/admin/", b"", "management"),
        ("POST", "/admin/catalog/product/add/", b"multipart/form-data; boundary=x", "upload"),
        ("POST", "/callbacks/stripe", b"", "callbacks"),
    ],
)
def test_every_operation_has_a_class(method: str, path: str, content_type: bytes, operation: str) -> None:
    assert operation_of(method, path, content_type) == operation


@pytest.mark.usefixtures("rates")
def test_too_often_is_answered_429_with_when_to_try_again(shop: TenantContext) -> None:
    with TestClient(_gate(Counters()), address(shop)) as client:
        answers = [client.post("/cart/add") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "rate_limited"
    assert refused.headers["ratelimit-limit"] == "3"
    assert 1 <= int(refused.headers["retry-after"]) <= 61
    assert refused.headers["retry-after"] == refused.headers["ratelimit-reset"]
    assert refused.headers["retry-after"] in refused.json()["detail"]


@pytest.mark.usefixtures("rates")
def test_one_address_or_shop_does_not_use_up_anothers_limit(shop: TenantContext, rival: TenantContext) -> None:
    counters = Counters()
    assert _statuses(shop, _gate(counters), 4)[-1] == 429
    assert _statuses(rival, _gate(counters), 1) == [200]
    assert _statuses(shop, _gate(counters, host="10.1.1.2"), 1) == [200]
    assert _statuses(shop, _gate(counters), 1, path="/admin/login/") == [200], "another class"
    assert _statuses(shop, _gate(counters), 9, "GET", "/") == [200] * 9, "reading has no limit here"


@pytest.mark.usefixtures("rates")
def test_an_ipv6_subscriber_is_one_however_many_addresses_it_has(shop: TenantContext) -> None:
    counters = Counters()
    told = [_statuses(shop, _gate(counters, host=f"2001:db8:1:2::{n}"), 1)[0] for n in range(1, 5)]
    assert told == [200, 200, 200, 429]
    assert _statuses(shop, _gate(counters, host="2001:db8:1:3::1"), 1) == [200]


@pytest.mark.usefixtures("rates")
@pytest.mark.parametrize(
    "shown",
    [{"authorization": "Cart 0123456789"}, {"x-session-token": "abcdefghij"}, {"cookie": "a=b; sessionid=abcdefgh"}],
)
def test_a_credential_is_counted_wherever_it_comes_from(shop: TenantContext, shown: dict[str, str]) -> None:
    counters = Counters()
    told = []
    for n in range(4):
        with TestClient(_gate(counters, host=f"10.2.0.{n}"), address(shop)) as client:
            told.append(client.post("/cart/add", headers=shown).status_code)
    assert told == [200, 200, 200, 429]


def test_reading_and_the_shop_as_a_whole_have_limits_too(shop: TenantContext, rival: TenantContext) -> None:
    with override_settings(RATES={"browse": "2/minute", "tenant": "5/minute"}):
        counters = Counters()
        assert _statuses(shop, _gate(counters), 3, "GET", "/") == [200, 200, 429]
        assert _statuses(shop, _gate(counters, host="10.1.1.2"), 2, "GET", "/") == [200, 200]
        assert _statuses(shop, _gate(counters, host="10.1.1.3"), 1, "GET", "/") == [429], "the shop's sixth"
        assert _statuses(rival, _gate(counters), 1, "GET", "/") == [200]


@pytest.mark.parametrize(
    ("trusted", "forwarded", "counted"),
    [
        ("", "10.9.9.9", "10.1.1.1"),
        ("1", "10.9.9.9, 10.8.8.8", "10.8.8.8"),
        ("2", "10.9.9.9, 10.8.8.8", "10.9.9.9"),
        ("1", "not-an-address", "10.1.1.1"),
        ("1", "", "10.1.1.1"),
    ],
)
def test_x_forwarded_for_is_believed_only_as_far_as_proxies_of_ours_wrote_it(
    shop: TenantContext, trusted: str, forwarded: str, counted: str
) -> None:
    seen = []

    async def remember(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["client"][0])
        await PlainTextResponse("")(scope, receive, send)

    with (
        override_settings(TRUSTED_PROXIES=trusted),
        TestClient(_gate(Counters(), app=remember), address(shop)) as client,
    ):
        client.get("/", headers={"x-forwarded-for": forwarded} if forwarded else {})
    assert seen == [counted]


@pytest.mark.usefixtures("rates")
def test_codes_are_counted_before_they_are_looked_up(shop: TenantContext) -> None:
    with override_settings(RATES={"codes": "3/minute"}), browser(shop) as client:
        cart = client.post("/api/v1/carts", json={"promotion_codes": ["A"]}).json()
        mine = {"authorization": f"Cart {cart['token']}"}
        path = f"/api/v1/carts/{cart['id']}"
        tries = [{"gift_card_codes": ["B"]}, {"promotion_codes": ["C"]}, {"gift_card_codes": ["D"]}]
        answers = [client.patch(path, json=body, headers=mine) for body in tries]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[-1].json()["code"] == "rate_limited"
        assert client.patch(path, json={"email": "a@example.com"}, headers=mine).status_code == 200, "no code, no limit"
        kept = client.get(path, headers=mine).json()
    assert "D" not in str(kept)


@pytest.mark.usefixtures("rates")
def test_codes_typed_into_the_shop_are_counted_with_those_of_the_api(shop: TenantContext) -> None:
    with override_settings(RATES={"codes": "2/minute"}), browser(shop) as client:
        cart = client.post("/api/v1/carts", json={"promotion_codes": ["A", "B"]}).json()
        client.cookies.set("cart", f"{cart['id']}.{cart['token']}")
        client.cookies.set("csrftoken", "x" * 32)
        form = {"code": "C", "csrfmiddlewaretoken": "x" * 32}
        for path in ("/cart/promotions", "/cart/gift-cards"):
            refused = client.post(path, data=form, headers={"accept": "text/html"})
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "5"), path
            assert "Too many requests" in refused.text


@pytest.mark.usefixtures("rates")
def test_what_one_process_counts_another_knows_through_redis(shop: TenantContext, redis: str) -> None:  # noqa: F811
    one, other = Counters(redis), Counters(redis)
    assert _statuses(shop, _gate(one), 2) == [200, 200]
    assert _statuses(shop, _gate(other), 2) == [200, 429]
    item = limits.rate("2/minute")
    assert item
    who = str(uuid4())
    assert [one.count(item, who).is_within, other.count(item, who).is_within] == [True, True]
    assert not one.count(item, who).is_within
    other.forget(item, who)
    assert one.count(item, who).is_within


@pytest.mark.usefixtures("rates")
def test_without_its_redis_a_process_counts_for_itself_with_the_same_limits(
    shop: TenantContext, tmp_path: Path
) -> None:
    counters = Counters(f"redis+unix://{tmp_path}/nobody.sock")
    assert _statuses(shop, _gate(counters), 4) == [200, 200, 200, 429]
    assert _statuses(shop, _gate(counters), 4, path="/admin/login/") == [200, 200, 200, 429], "login is not open"
    assert _statuses(shop, _gate(counters), 5, "GET", "/") == [200] * 5, "browsing is"
    item = limits.rate("1/minute")
    assert item
    assert [counters.count(item, "x").is_within for _ in range(2)] == [True, False]


def test_memory_forgets_when_the_window_ends_and_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 1000.0
    monkeypatch.setattr("hansa.kernel.limits.time.time", lambda: moment)
    monkeypatch.setattr("hansa.kernel.limits.MAX_COUNTERS", 100)
    memory = Memory()
    assert [memory.incr("a", 60), memory.incr("a", 60), memory.get("a")] == [1, 2, 2]
    moment = 1061.0
    assert (memory.get("a"), memory.incr("a", 60)) == (0, 1)
    for n in range(10_000):
        memory.incr(str(n), 60)
    assert memory.reset() <= 100
