"""Sockets: who hears what, and what closes them."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import override_settings
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.interfaces.backoffice.conftest import submit
from tests.worlds import browser, entered
from tests.worlds_orders import buy
from tests.worlds_redis import redis  # noqa: F401  (a fixture)

pytestmark = pytest.mark.timeout(60)


def variant_of(tenant: TenantContext) -> UUID:
    from hansa.domain.catalog.models import Variant

    with entered(tenant):
        return Variant.objects.get(product__name="Mug").pk


def sell(tenant: TenantContext, mugs: int = 2) -> UUID:
    """Sell, and let the worker tell of it."""
    from hansa.domain.work.services.perform import work_off
    from hansa.kernel import clock

    with tenant_scope(tenant):
        order_id = buy(mugs=mugs)
        work_off(now=clock.now())
    return order_id


def import_run(tenant: TenantContext) -> UUID:
    from hansa.domain.imports.models import ImportRun

    with entered(tenant):
        run = ImportRun.objects.create(file_sha256="0" * 64, file_name="mugs.csv", file_format="shopify")
    return run.pk


def opened(client: TestClient, path: str, **options: Any) -> Any:
    """Return a socket on the client's own shop; the test client would take another host."""
    return client.websocket_connect(f"ws://{client.base_url.host}{path}", **options)


def refusal(client: TestClient, path: str, **headers: str) -> tuple[int, str]:
    """Return the code and reason that a socket is closed with before it says anything."""
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        opened(client, path, headers={name.replace("_", "-"): value for name, value in headers.items()}) as s,
    ):
        s.receive_json()
    return closed.value.code, closed.value.reason or ""


def end(socket: Any) -> int:
    """Read a socket to its end, and return the code."""
    with pytest.raises(WebSocketDisconnect) as closed:
        while True:
            socket.receive_json()
    return closed.value.code


def test_anybody_hears_how_many_are_left(shop: TenantContext) -> None:
    variant_id = variant_of(shop)
    with browser(shop) as client, opened(client, f"/ws/stock/{variant_id}") as socket:
        assert socket.receive_json() == {
            "type": "stock",
            "variant_id": str(variant_id),
            "available": 50,
            "in_stock": True,
        }
        sell(shop, mugs=3)
        assert socket.receive_json()["available"] == 47


@pytest.fixture
def _no_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody hear anything but news."""
    monkeypatch.setattr("hansa.interfaces.realtime.hub.BEAT_SECONDS", 3600.0)


def import_stock(tenant: TenantContext, *, mugs: int, is_dry_run: bool = False) -> None:
    """Import a merchant's file that says how many mugs there are; the bowls stay as they are."""
    from django.core.files.base import ContentFile

    from hansa.domain.imports.services.create_import import create_import
    from hansa.domain.work.services.perform import work_off
    from hansa.kernel import clock

    head = "Handle,Title,Variant Inventory Tracker,Variant Inventory Qty,Variant Price"
    text = f"{head}\nmug,Mug,shopify,{mugs},10.00\nbowl,Bowl,shopify,50,26.00\n"
    with tenant_scope(tenant):
        create_import(
            upload=ContentFile(text.encode()),
            file_name="stock.csv",
            file_format="shopify",
            is_dry_run=is_dry_run,
            now=clock.now(),
        )
        work_off(now=clock.now())


@pytest.mark.usefixtures("_no_beat")
def test_who_watches_hears_at_once_what_an_import_wrote_and_nothing_of_other_things(
    shop: TenantContext, rival: TenantContext
) -> None:
    from hansa.domain.catalog.models import Variant

    with entered(shop):
        bowl_id = Variant.objects.get(product__name="Bowl").pk
    with browser(shop) as client, opened(client, f"/ws/stock/{variant_of(shop)}") as mug:
        with opened(client, f"/ws/stock/{bowl_id}") as bowl:
            assert (mug.receive_json()["available"], bowl.receive_json()["available"]) == (50, 50)
            import_stock(rival, mugs=3)
            import_stock(shop, mugs=5, is_dry_run=True)
            import_stock(shop, mugs=7)
            assert mug.receive_json()["available"] == 7
            sell(shop, mugs=2)
            assert mug.receive_json()["available"] == 5
            with tenant_scope(shop):
                buy(mugs=0, bowls=4)
            sell(shop, mugs=1)
            assert bowl.receive_json()["available"] == 46
        import_stock(shop, mugs=9)
        assert [mug.receive_json()["available"] for _ in range(2)] == [4, 9]


@pytest.mark.usefixtures("_no_beat")
def test_who_watches_hears_at_once_what_staff_wrote(shop: TenantContext) -> None:
    from hansa.domain.catalog.models import Variant
    from hansa.domain.catalog.services.set_variants import save_variants
    from hansa.kernel import clock

    with browser(shop) as client, opened(client, f"/ws/stock/{variant_of(shop)}") as socket:
        assert socket.receive_json()["available"] == 50
        with tenant_scope(shop):
            with entered(shop):
                variant = Variant.objects.select_related("product").get(product__name="Mug")
            variant.stock_quantity = 12
            save_variants(product=variant.product, saved=[variant], deleted=[], now=clock.now())
        assert socket.receive_json()["available"] == 12


def test_staff_hear_of_new_and_changed_orders_and_of_their_own_shops_only(
    shop: TenantContext, rival: TenantContext, staff: TestClient
) -> None:
    with opened(staff, "/ws/orders") as socket:
        assert socket.receive_json() == {"type": "ready"}
        theirs = sell(rival)
        ours = sell(shop)
        said = socket.receive_json()
    assert (said["type"], said["id"], said["total"]["currency"]) == ("order", str(ours), "EUR")
    assert said["status"] in {"paid", "pending_payment"}
    assert said["id"] != str(theirs)
    assert "ada@example.com" not in str(said)


def test_news_of_another_shops_order_is_not_told_even_to_our_group(
    shop: TenantContext, rival: TenantContext, staff: TestClient
) -> None:
    from hansa.interfaces.realtime.feeds import orders_group
    from hansa.interfaces.realtime.tell import tell_changed

    theirs, ours = sell(rival), sell(shop)
    assert str(rival.id.hex) in orders_group(rival.id)
    with opened(staff, "/ws/orders") as socket:
        assert socket.receive_json() == {"type": "ready"}
        tell_changed(orders_group(rival.id), [str(ours)])
        tell_changed(orders_group(shop.id), [str(theirs), str(ours)])
        assert socket.receive_json()["id"] == str(ours)
        tell_changed(orders_group(shop.id), [str(ours)])
        assert socket.receive_json()["id"] == str(ours)


def test_whoever_is_not_logged_in_hears_no_orders(shop: TenantContext, visit: Callable[..., TestClient]) -> None:
    assert refusal(visit(shop), "/ws/orders") == (4401, "unauthenticated")
    assert refusal(visit(shop), "/ws/orders", cookie="sessionid=nonsense") == (4401, "unauthenticated")
    assert refusal(visit(shop), f"/ws/imports/{import_run(shop)}") == (4401, "unauthenticated")


def test_a_session_of_another_shop_is_none_here(rival: TenantContext, staff: TestClient) -> None:
    key = staff.cookies["sessionid"]
    with browser(rival) as client:
        assert refusal(client, "/ws/orders", cookie=f"sessionid={key}") == (4401, "unauthenticated")


def test_a_role_without_the_capability_hears_nothing(shop: TenantContext, staff: TestClient) -> None:
    from hansa.domain.staff.models import Role

    with entered(shop):
        Role.objects.filter(code="owner").update(code="plain", capabilities=["catalog.view"])
    assert refusal(staff, "/ws/orders") == (4403, "not_allowed")


def test_an_import_says_how_far_it_is(shop: TenantContext, rival: TenantContext, staff: TestClient) -> None:
    from hansa.domain.imports.models import ImportRun
    from hansa.domain.imports.registry import progress_listeners
    from hansa.domain.imports.types import RunProgress

    run_id = import_run(shop)
    with opened(staff, f"/ws/imports/{run_id}") as socket:
        first = socket.receive_json()
        assert (first["type"], first["status"], first["processed_rows"]) == ("progress", "pending", 0)
        with entered(shop):
            ImportRun.objects.filter(pk=run_id).update(processed_rows=250)
            for listener in progress_listeners():
                listener(run_id, RunProgress("running", 250, 0, 0, None, 0, 0, 0, 0))
        assert socket.receive_json()["processed_rows"] == 250
    assert refusal(staff, f"/ws/imports/{import_run(rival)}")[0] == 4404


def test_what_is_not_ours_or_not_on_sale_is_not_found(shop: TenantContext, rival: TenantContext) -> None:
    with browser(shop) as client:
        assert refusal(client, f"/ws/stock/{variant_of(rival)}")[0] == 4404
        assert refusal(client, f"/ws/stock/{uuid4()}")[0] == 4404
        assert refusal(client, "/ws/nothing")[0] == 4404
        assert refusal(client, "/ws/stock/%00")[0] == 4404


def test_pages_of_other_sites_open_no_socket(shop: TenantContext) -> None:
    from hansa.domain.tenants.services.set_origins import set_origins

    path = f"/ws/stock/{variant_of(shop)}"
    set_origins(slug=shop.slug, origins=["https://www.acme.example"])
    with browser(shop) as client:
        for origin in (
            "https://evil.example",
            "null",
            f"http://{shop.slug}.localhost.evil.example",
            "http://localhost",
        ):
            assert refusal(client, path, origin=origin) == (4403, "cross_site_request"), origin
        for origin in ("https://www.acme.example", f"http://{shop.slug}.localhost"):
            with opened(client, path, headers={"origin": origin}) as socket:
                assert socket.receive_json()["type"] == "stock"


def test_whoever_is_suspended_hears_nothing_any_more(shop: TenantContext, staff: TestClient) -> None:
    from hansa.domain.accounts.models import User

    with opened(staff, "/ws/orders") as socket:
        assert socket.receive_json() == {"type": "ready"}
        with entered(shop):
            User.objects.update(is_active=False)
        assert end(socket) == 4401


def test_whoever_logs_out_hears_nothing_any_more(staff: TestClient) -> None:
    with opened(staff, "/ws/orders") as socket:
        assert socket.receive_json() == {"type": "ready"}
        assert submit(staff, "/admin/", {}).status_code in {200, 302, 405}
        token = staff.cookies["csrftoken"]
        assert staff.post("/admin/logout/", data={"csrfmiddlewaretoken": token}).status_code == 200
        assert end(socket) == 4401


def test_whoever_loses_the_capability_hears_nothing_any_more(shop: TenantContext, staff: TestClient) -> None:
    from hansa.domain.staff.models import Role

    with opened(staff, "/ws/orders") as socket:
        assert socket.receive_json() == {"type": "ready"}
        with entered(shop):
            Role.objects.filter(code="owner").update(code="plain", capabilities=["catalog.view"])
        assert end(socket) == 4403


def test_sockets_of_a_shop_that_is_suspended_are_closed(shop: TenantContext) -> None:
    from hansa.domain.tenants.services.suspend import suspend_tenant

    with browser(shop) as client, opened(client, f"/ws/stock/{variant_of(shop)}") as socket:
        assert socket.receive_json()["type"] == "stock"
        suspend_tenant(slug=shop.slug)
        assert end(socket) == 4404


def test_one_address_has_only_so_many_sockets_in_a_shop(shop: TenantContext, rival: TenantContext) -> None:
    ours, theirs = f"/ws/stock/{variant_of(shop)}", f"/ws/stock/{variant_of(rival)}"
    with override_settings(MAX_SOCKETS_PER_ADDRESS=1), browser(shop) as client, browser(rival) as other:
        with opened(client, ours) as socket:
            assert socket.receive_json()["type"] == "stock"
            assert refusal(client, ours) == (4429, "too_many_sockets")
            with opened(other, theirs) as elsewhere:
                assert elsewhere.receive_json()["type"] == "stock"
        with opened(client, ours) as socket:
            assert socket.receive_json()["type"] == "stock"


@pytest.mark.parametrize("setting", ["MAX_SOCKETS", "MAX_SOCKETS_PER_TENANT"])
def test_a_process_and_a_shop_have_only_so_many_sockets(shop: TenantContext, setting: str) -> None:
    with override_settings(**{setting: 0}), browser(shop) as client:
        assert refusal(client, f"/ws/stock/{variant_of(shop)}") == (4429, "too_many_sockets")


def test_nobody_says_much(shop: TenantContext) -> None:
    path = f"/ws/stock/{variant_of(shop)}"
    with browser(shop) as client:
        with opened(client, path) as socket:
            socket.send_text("x" * 1025)
            assert end(socket) == 4413
        with opened(client, path) as socket:
            for _ in range(61):
                socket.send_text("hello")
            assert end(socket) == 4429


def test_after_an_interruption_the_state_is_sent_again(staff: TestClient) -> None:
    from django.db import connection

    with opened(staff, "/ws/orders") as socket:
        assert socket.receive_json() == {"type": "ready"}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query = 'LISTEN hansa_realtime'"
            )
            assert cursor.fetchone()[0] >= 1
        assert socket.receive_json() == {"type": "ready"}


def test_processes_tell_each_other_through_redis_too(shop: TenantContext, redis: str) -> None:  # noqa: F811
    from hansa.domain.catalog.models import Variant
    from hansa.interfaces.realtime.feeds import stock_group
    from hansa.interfaces.realtime.layer import make_layer
    from hansa.interfaces.realtime.tell import MESSAGE

    variant_id = variant_of(shop)
    group = stock_group(shop.id)

    async def tell() -> None:
        layer = make_layer()
        await layer.group_send(group, {"type": MESSAGE, "group": group, "ids": [str(variant_id)]})
        await layer.flush()

    with override_settings(REDIS_URL=redis), browser(shop) as client:  # noqa: SIM117
        with opened(client, f"/ws/stock/{variant_id}") as socket:
            assert socket.receive_json()["available"] == 50
            with entered(shop):
                Variant.objects.filter(pk=variant_id).update(stock_quantity=7)
            asyncio.run(tell())
            assert socket.receive_json()["available"] == 7


def test_without_the_layer_a_socket_is_told_to_come_again(shop: TenantContext) -> None:
    with override_settings(REDIS_URL="redis://localhost:1/0"), browser(shop) as client:
        assert refusal(client, f"/ws/stock/{variant_of(shop)}")[0] == 1013


def test_a_client_that_does_not_read_is_hung_up_on() -> None:
    from hansa.interfaces.realtime.codes import TOO_SLOW
    from hansa.interfaces.realtime.sockets import MOST_WAITING, Socket

    async def crowd() -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []
        is_reading = asyncio.Event()
        is_closed = asyncio.Event()

        async def send(event: Any) -> None:
            await is_reading.wait()
            sent.append(event)
            if event["type"] == "websocket.close":
                is_closed.set()

        socket = Socket(send, None, "", None)  # type: ignore[arg-type]  # it has nothing to do with the feed
        for number in range(MOST_WAITING + 2):
            socket.deliver(str(number))
        is_reading.set()
        async with asyncio.timeout(10):
            await is_closed.wait()
        return sent

    sent = asyncio.run(crowd())
    assert sent[-1] == {"type": "websocket.close", "code": TOO_SLOW}
    assert len(sent) <= 2


def test_a_message_too_large_for_postgresql_is_refused_before_it_is_sent() -> None:
    from hansa.interfaces.realtime.postgres_layer import MessageTooLarge, PostgresChannelLayer

    with pytest.raises(MessageTooLarge):
        asyncio.run(PostgresChannelLayer().group_send("group", {"type": "x", "ids": ["0" * 36] * 220}))
