"""How large, how deep and how slow a request may be, and how long it may keep the database."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.urls import path
from fastapi import APIRouter
from starlette.testclient import TestClient

from hansa.config.urls import urlpatterns as real_urls
from hansa.interfaces.gate import Gate
from hansa.interfaces.guards import places
from hansa.interfaces.guards.places import Overloaded, Places
from hansa.interfaces.storefront.app import build
from hansa.interfaces.storefront.routing import StorefrontRoute
from hansa.kernel.postgresql.deadline import statements_end_after
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.interfaces.guards.test_origins import ID, _unsafe_routes
from tests.worlds import address, behind_the_gate, browser

MEGABYTE = b"x" * 1_000_000


def _chunks(count: int) -> Iterator[bytes]:
    return (MEGABYTE for _ in range(count))


@pytest.mark.parametrize("path", ["/api/v1/carts", "/checkout", "/callbacks/manual", "/callbacks/stripe"])
def test_a_body_that_comes_in_chunks_and_never_says_how_large_it_is_is_refused(shop: TenantContext, path: str) -> None:
    with browser(shop) as client:
        answer = client.post(path, content=_chunks(3), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.headers["connection"] == "close"


def test_an_upload_may_be_larger_and_has_its_own_end(shop: TenantContext) -> None:
    with browser(shop) as client:
        fine = client.post("/admin/login/", content=_chunks(3))
        refused = client.post("/admin/login/", content=_chunks(27))
    assert fine.status_code == 403, "Django's own refusal: no token"
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("shape", ['{"a":', "["])
def test_json_ten_thousand_levels_deep_is_the_senders_mistake(shop: TenantContext, shape: str) -> None:
    end = "}" if shape.startswith("{") else "]"
    deep = shape * 10_000 + "1" + end * 10_000
    with browser(shop) as client:
        cart = client.post("/api/v1/carts", json={}).json()
        for method, route in _unsafe_routes():
            if not route.startswith(("/api/", "/callbacks/")):
                continue
            answer = client.request(
                method,
                route.replace(ID, cart["id"]),
                content=deep,
                headers={
                    "content-type": "application/json",
                    "authorization": f"Cart {cart['token']}",
                    "idempotency-key": "deep",
                },
            )
            assert 400 <= answer.status_code < 500, (method, route, answer.text)


@pytest.mark.parametrize("limit", ["101", "1000000", "0", "-1"])
def test_a_page_has_a_hundred_things_at_most(shop: TenantContext, limit: str) -> None:
    with browser(shop) as client:
        assert client.get(f"/api/v1/products?limit={limit}").status_code == 422
        assert client.get("/api/v1/products?limit=100").status_code == 200


def _sleeps() -> None:
    with transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")


def _slow(request: Any) -> Any:  # noqa: ARG001  (Django's signature)
    _sleeps()


urlpatterns = [*real_urls[:1], path("slow", _slow), *real_urls[1:]]
handler404 = "hansa.interfaces.shop.views.not_found"


@pytest.mark.parametrize("accepts", ["application/json", "text/html"])
def test_a_statement_of_a_page_that_takes_too_long_is_cancelled_and_answered_503(
    shop: TenantContext, accepts: str
) -> None:
    with override_settings(STATEMENT_TIMEOUT_MILLISECONDS=100, ROOT_URLCONF=__name__), browser(shop) as client:
        answer = client.get("/slow", headers={"accept": accepts})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert "0.1 seconds" in answer.text
    assert (answer.headers["content-type"] == "application/problem+json") == (accepts == "application/json")


def test_a_statement_of_the_api_that_takes_too_long_is_cancelled_and_answered_503(shop: TenantContext) -> None:
    router = APIRouter(route_class=StorefrontRoute)
    router.add_api_route("/slow", _sleeps)
    with (
        override_settings(STATEMENT_TIMEOUT_MILLISECONDS=100),
        TestClient(behind_the_gate(build(router)), address(shop)) as client,
    ):
        answer = client.get("/api/v1/slow")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert answer.headers["retry-after"] == "1"


def _timeout() -> str:
    with transaction(), connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


def test_only_requests_have_a_deadline_and_it_ends_with_the_transaction(shop: TenantContext) -> None:
    with tenant_scope(shop):
        assert _timeout() == "0", "a command, the worker, an import"
        with statements_end_after(5000):
            assert _timeout() == "5s"
        assert _timeout() == "0"


async def _in_turn(taken: Places, tenant: TenantContext, log: list[str], name: str, go: asyncio.Event) -> None:
    await taken.take(tenant.id)
    log.append(name)
    await go.wait()
    taken.free(tenant.id)


def test_one_shop_waits_for_its_own_requests_and_nobody_elses(shop: TenantContext, rival: TenantContext) -> None:
    async def play() -> list[str]:
        taken, go = Places(), asyncio.Event()
        log: list[str] = []
        crowd = [asyncio.create_task(_in_turn(taken, shop, log, f"shop {n}", go)) for n in range(4)]
        await asyncio.sleep(0)
        other = asyncio.create_task(_in_turn(taken, rival, log, "rival", go))
        await asyncio.sleep(0)
        assert log == ["shop 0", "shop 1", "rival"]
        go.set()
        await asyncio.gather(*crowd, other)
        assert (taken._total, taken._taken, taken._waiting) == (0, {}, {})  # noqa: SLF001  (nothing may be left)
        return log

    with override_settings(MAX_CONCURRENT_REQUESTS_PER_TENANT=2):
        assert asyncio.run(play()) == ["shop 0", "shop 1", "rival", "shop 2", "shop 3"]


def test_who_gives_up_waiting_leaves_the_turn_to_the_next(shop: TenantContext, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        taken, go = Places(), asyncio.Event()
        log: list[str] = []
        await taken.take(shop.id)
        gone = asyncio.create_task(taken.take(shop.id))
        next_one = asyncio.create_task(_in_turn(taken, shop, log, "next", go))
        await asyncio.sleep(0)
        gone.cancel()
        taken.free(shop.id)
        await asyncio.wait([gone])
        go.set()
        await next_one
        await taken.take(shop.id)
        monkeypatch.setattr(places, "WAIT_SECONDS", 0.01)
        with pytest.raises(Overloaded):
            await taken.take(shop.id)
        monkeypatch.setattr(places, "MAX_WAITING", 0)
        with pytest.raises(Overloaded):
            await taken.take(shop.id)
        taken.free(shop.id)
        assert (taken._total, taken._taken, taken._waiting) == (0, {}, {})  # noqa: SLF001

    with override_settings(MAX_CONCURRENT_REQUESTS_PER_TENANT=1):
        asyncio.run(play())


def test_a_process_that_is_full_says_so_at_once(shop: TenantContext) -> None:
    with override_settings(MAX_CONCURRENT_REQUESTS=0), browser(shop) as client:
        answer = client.get("/api/v1/products")
        assert client.get("/health/live").status_code == 200
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    assert answer.headers["retry-after"] == "1"


def test_who_only_sends_a_body_keeps_no_place(shop: TenantContext) -> None:
    """The place is taken when the body is there, and given back whatever happens."""
    gate = Gate(_reads_its_body)

    async def play() -> list[Any]:
        waiting, arrived, sent = asyncio.Event(), asyncio.Event(), []

        async def drip() -> Any:
            waiting.set()
            await arrived.wait()
            return {"type": "http.request", "body": b"{}", "more_body": False}

        async def keep(event: Any) -> None:
            sent.append(event)

        headers = [(b"host", f"{shop.slug}.localhost".encode()), (b"content-length", b"2")]
        scope = {"type": "http", "method": "POST", "path": "/x", "headers": headers, "client": ("10.0.0.1", 1)}
        dripping = asyncio.create_task(gate(scope, drip, keep))
        await waiting.wait()
        await gate({**scope, "method": "GET", "headers": headers[:1]}, drip, keep)
        first = sent[0]["status"]
        arrived.set()
        await dripping
        from hansa.kernel.postgresql.reading import close_readers

        await close_readers()
        return [first, *(event["status"] for event in sent if "status" in event)]

    with override_settings(MAX_CONCURRENT_REQUESTS=1):
        assert asyncio.run(play()) == [200, 200, 200]


async def _reads_its_body(scope: Any, receive: Any, send: Any) -> None:
    if scope["method"] == "POST":
        json.loads((await receive())["body"])
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})
