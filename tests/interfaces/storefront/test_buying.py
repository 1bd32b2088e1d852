"""Buying through the API, as API.md fixes it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient

from hansa.domain.catalog.models import Variant
from hansa.domain.inventory.models import StockItem
from hansa.domain.inventory.services.publish_availability import publish_availability
from hansa.domain.inventory.services.set_backorder_limit import set_backorder_limit
from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.worlds import browser, draft, entered, stock_shop
from tests.worlds_buying import open_shop, promote

ADA = {
    "first_name": "Ada",
    "last_name": "Byron",
    "line1": "1 High Street",
    "city": "Berlin",
    "postal_code": "10115",
    "country": "DE",
}
OK = {"payment": {"provider": "manual", "method": "ok"}}


@pytest.fixture
def client(shop: TenantContext) -> Iterator[TestClient]:
    open_shop(shop)
    stock_shop(shop, draft("Mug", price=1000, stock=5), draft("Bowl", price=2500, stock=3))
    with browser(shop) as client:
        yield client


def variant_of(tenant: TenantContext, name: str) -> str:
    with entered(tenant):
        return str(Variant.objects.get(product__name=name).pk)


def make_cart(client: TestClient, *lines: tuple[str, int], **fields: Any) -> tuple[dict[str, Any], dict[str, str]]:
    body = {"lines": [{"variant_id": variant, "quantity": quantity} for variant, quantity in lines], **fields}
    answer = client.post("/api/v1/carts", json=body)
    assert answer.status_code == 201, answer.text
    cart: dict[str, Any] = answer.json()
    return cart, {"Authorization": f"Cart {cart['token']}"}


def ready_cart(client: TestClient, *lines: tuple[str, int], **fields: Any) -> tuple[dict[str, Any], dict[str, str]]:
    cart, auth = make_cart(client, *lines, email="ada@example.com", shipping_address=ADA, **fields)
    methods = client.get(f"/api/v1/carts/{cart['id']}/shipping-methods", headers=auth).json()["items"]
    answer = client.patch(f"/api/v1/carts/{cart['id']}", json={"shipping_method_id": methods[0]["id"]}, headers=auth)
    assert answer.status_code == 200, answer.text
    return answer.json(), auth


def check_out(client: TestClient, cart: dict[str, Any], auth: dict[str, str], body: Any = OK, key: str = "") -> Any:
    headers = auth | {"Idempotency-Key": key or str(uuid4())}
    return client.post(f"/api/v1/carts/{cart['id']}/checkout", json=body, headers=headers)


def test_a_cart_becomes_a_paid_order(client: TestClient, shop: TenantContext) -> None:
    cart, auth = ready_cart(client, (variant_of(shop, "Mug"), 2))
    assert cart["totals"]["total"] == {"amount": 2490, "currency": "EUR"}
    answer = check_out(client, cart, auth)
    assert answer.status_code == 201, answer.text
    order = answer.json()
    assert order["status"] == "paid"
    assert order["totals"] == cart["totals"]
    assert order["payment"]["status"] == "captured"
    assert order["paid"]["amount"] == 2490
    assert [entry["kind"] for entry in order["timeline"]] == ["placed", "paid"]
    seen = client.get(f"/api/v1/orders/{order['id']}", headers={"Authorization": f"Order {order['token']}"})
    assert seen.json() == order
    with entered(shop):
        item = StockItem.objects.get(variant__product__name="Mug")
        assert (item.on_hand, item.reserved) == (5, 2)


def test_what_may_be_backordered_can_be_bought_and_no_more(client: TestClient, shop: TenantContext) -> None:
    mug = variant_of(shop, "Mug")
    with tenant_scope(shop):
        set_backorder_limit(variant_id=UUID(mug), limit=2, now=clock.now())
        publish_availability(variant_ids=None)
    cart, _ = make_cart(client, (mug, 8))
    assert cart["lines"][0]["issues"] == [{"code": "not_enough", "message": "Only 7 left."}]
    cart, auth = ready_cart(client, (mug, 7))
    assert cart["lines"][0]["issues"] == []
    assert client.get("/api/v1/products/mug").json()["variants"][0]["in_stock"] is True
    assert check_out(client, cart, auth).status_code == 201
    with tenant_scope(shop):
        publish_availability(variant_ids=None)
    product = client.get("/api/v1/products/mug").json()
    assert (product["in_stock"], product["variants"][0]["in_stock"]) == (False, False)
    assert product["variants"][0]["available"] == 0
    cart, auth = ready_cart(client, (mug, 1))
    assert cart["lines"][0]["issues"] == [{"code": "not_enough", "message": "Sold out."}]
    assert check_out(client, cart, auth).status_code == 409


def test_the_same_key_gives_the_same_answer_byte_for_byte(client: TestClient, shop: TenantContext) -> None:
    cart, auth = ready_cart(client, (variant_of(shop, "Mug"), 1))
    first, second = (check_out(client, cart, auth, key="one") for _ in range(2))
    assert first.content == second.content
    assert second.headers["idempotency-replayed"] == "true"
    other = check_out(client, cart, auth, {"payment": {"provider": "manual", "method": "declined"}}, key="one")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_declined_payment_leaves_the_cart_as_it_was(client: TestClient, shop: TenantContext) -> None:
    cart, auth = ready_cart(client, (variant_of(shop, "Mug"), 5))
    declined = {"payment": {"provider": "manual", "method": "declined"}}
    answer = check_out(client, cart, auth, declined, key="first")
    assert (answer.status_code, answer.json()["code"]) == (402, "payment_declined")
    again = check_out(client, cart, auth, declined, key="first")
    assert (again.status_code, again.json()["detail"]) == (402, answer.json()["detail"])
    assert check_out(client, cart, auth).json()["status"] == "paid"


def test_more_than_there_is_is_refused_with_the_lines(client: TestClient, shop: TenantContext) -> None:
    mug = variant_of(shop, "Mug")
    cart, auth = ready_cart(client, (mug, 6))
    assert [issue["code"] for issue in cart["lines"][0]["issues"]] == ["not_enough"]
    answer = check_out(client, cart, auth)
    assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_stock")
    assert answer.json()["errors"][0]["field"] == f"lines.{mug}"


def test_a_payment_that_needs_action_waits(client: TestClient, shop: TenantContext) -> None:
    cart, auth = ready_cart(client, (variant_of(shop, "Mug"), 1))
    answer = check_out(client, cart, auth, {"payment": {"provider": "manual", "method": "needs_action"}})
    order = answer.json()
    assert (answer.status_code, order["status"], order["payment"]["status"]) == (201, "pending_payment", "pending")
    assert order["payment"]["next_action"]["type"] == "redirect"


def test_what_is_missing_is_named_field_by_field(client: TestClient, shop: TenantContext) -> None:
    cart, auth = make_cart(client, (variant_of(shop, "Mug"), 1))
    answer = check_out(client, cart, auth)
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"email", "shipping_address", "shipping_method_id"}
    missing = client.post(f"/api/v1/carts/{cart['id']}/checkout", json=OK, headers=auth)
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_required")


def test_a_promotion_is_taken_off_and_explained(client: TestClient, shop: TenantContext) -> None:
    promote(shop, "Welcome", code="WELCOME10")
    cart, _ = ready_cart(client, (variant_of(shop, "Bowl"), 2), promotion_codes=["welcome10", "nonsense"])
    assert cart["totals"]["discount"]["amount"] == 500
    assert cart["explanation"][0]["rule"] == "Welcome"
    assert cart["rejected_codes"][0]["code"] == "nonsense"


def test_another_shop_never_opens_a_cart_or_an_order(
    client: TestClient, shop: TenantContext, rival: TenantContext
) -> None:
    cart, auth = ready_cart(client, (variant_of(shop, "Mug"), 1))
    order = check_out(client, cart, auth).json()
    with browser(rival) as other:
        assert other.get(f"/api/v1/carts/{cart['id']}", headers=auth).status_code == 404
        opened = other.get(f"/api/v1/orders/{order['id']}", headers={"Authorization": f"Order {order['token']}"})
        assert opened.status_code == 404
    assert client.get(f"/api/v1/orders/{order['id']}").status_code == 401


@pytest.mark.parametrize("quantity", [0, -1, 10_000, 2**63, 1.5, "2", True, None])
def test_a_quantity_that_is_none_is_refused(client: TestClient, shop: TenantContext, quantity: Any) -> None:
    cart, auth = make_cart(client)
    body = {"variant_id": variant_of(shop, "Mug"), "quantity": quantity}
    answer = client.post(f"/api/v1/carts/{cart['id']}/lines", json=body, headers=auth)
    assert answer.status_code == 422


def test_a_price_that_the_client_sends_is_refused(client: TestClient, shop: TenantContext) -> None:
    cart, auth = make_cart(client)
    body = {"variant_id": variant_of(shop, "Mug"), "quantity": 1, "unit_price": 1}
    assert client.post(f"/api/v1/carts/{cart['id']}/lines", json=body, headers=auth).status_code == 422
