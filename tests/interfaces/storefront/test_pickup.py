"""Where it is fetched: chosen in the cart, kept with the order."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient

from hansa.domain.fulfilment.models import PickupPoint
from hansa.kernel.tenancy import TenantContext
from tests.interfaces.storefront.test_buying import ADA, check_out, make_cart, variant_of
from tests.worlds import browser, draft, entered, stock_shop
from tests.worlds_buying import open_shop
from tests.worlds_pickup import open_counter

STATION = {"name": "Station", "address": "Station Street 1", "opening_hours": "Mo–Fr"}


@pytest.fixture
def counter(shop: TenantContext) -> tuple[UUID, list[UUID]]:
    open_shop(shop)
    stock_shop(shop, draft("Mug", price=1000, stock=5))
    return open_counter(shop, "Harbour", "Station")


@pytest.fixture
def client(shop: TenantContext, counter: tuple[UUID, list[UUID]]) -> Iterator[TestClient]:  # noqa: ARG001
    with browser(shop) as client:
        yield client


def _fields(method: UUID, point: UUID | None) -> dict[str, Any]:
    chosen = {} if point is None else {"pickup_point_id": str(point)}
    return {"email": "ada@example.com", "shipping_address": ADA, "shipping_method_id": str(method)} | chosen


def test_the_point_goes_from_the_list_through_the_cart_into_the_order(
    client: TestClient, shop: TenantContext, counter: tuple[UUID, list[UUID]]
) -> None:
    method, (_, station) = counter
    cart, auth = make_cart(client, (variant_of(shop, "Mug"), 1), **_fields(method, station))
    assert cart["shipping_method"]["pickup_point"] == {"id": str(station), **STATION}
    ways = client.get(f"/api/v1/carts/{cart['id']}/shipping-methods", headers=auth).json()["items"]
    assert [[point["name"] for point in way["pickup_points"]] for way in ways] == [[], ["Harbour", "Station"]]
    with entered(shop):
        PickupPoint.objects.update(address="Elsewhere 9")
    cart = client.get(f"/api/v1/carts/{cart['id']}", headers=auth).json()
    assert cart["shipping_method"]["pickup_point"]["address"] == "Elsewhere 9"
    order = check_out(client, cart, auth).json()
    assert order["shipping_method"] == cart["shipping_method"]
    with entered(shop):
        PickupPoint.objects.all().delete()
    seen = client.get(f"/api/v1/orders/{order['id']}", headers={"Authorization": f"Order {order['token']}"})
    assert seen.json()["shipping_method"]["pickup_point"]["name"] == "Station"


def test_without_a_point_there_is_no_order(
    client: TestClient, shop: TenantContext, counter: tuple[UUID, list[UUID]]
) -> None:
    method, (harbour, station) = counter
    cart, auth = make_cart(client, (variant_of(shop, "Mug"), 1), **_fields(method, None))
    assert cart["shipping_method"]["pickup_point"] is None
    refused = check_out(client, cart, auth)
    assert (refused.status_code, [(e["field"], e["code"]) for e in refused.json()["errors"]]) == (
        422,
        [("pickup_point_id", "required")],
    )
    address = f"/api/v1/carts/{cart['id']}"
    cart = client.patch(address, json={"pickup_point_id": str(station)}, headers=auth).json()
    assert (
        client.patch(address, json={"email": "bob@example.com"}, headers=auth).json()["shipping_method"]
        == (cart["shipping_method"])
    )
    with entered(shop):
        PickupPoint.objects.filter(pk=station).delete()
    refused = check_out(client, cart, auth, body={"payment": {"provider": "manual", "method": "ok"}})
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [("pickup_point_id", "unavailable")]
    assert client.patch(address, json={"pickup_point_id": str(harbour)}, headers=auth).status_code == 200
    assert check_out(client, cart, auth).status_code == 201


def test_a_point_that_is_unknown_or_of_another_method_is_refused_and_nothing_changes(
    client: TestClient, shop: TenantContext, rival: TenantContext, counter: tuple[UUID, list[UUID]]
) -> None:
    method, (harbour, station) = counter
    open_shop(rival)
    _, (theirs,) = open_counter(rival, "Theirs")
    _, (elsewhere,) = open_counter(shop, "Elsewhere", method="Locker")
    cart, auth = make_cart(client, (variant_of(shop, "Mug"), 1), **_fields(method, station))
    address = f"/api/v1/carts/{cart['id']}"
    for point in (uuid4(), theirs, elsewhere):
        answer = client.patch(address, json={"pickup_point_id": str(point)}, headers=auth)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "pickup_point_id")
        assert "Pick up does not offer this pick-up point" in answer.json()["errors"][0]["message"]
    assert client.get(address, headers=auth).json() == cart
    ways = client.get(f"{address}/shipping-methods", headers=auth).json()["items"]
    moved = client.patch(address, json={"shipping_method_id": ways[0]["id"]}, headers=auth).json()
    assert moved["shipping_method"]["pickup_point"] is None
    back = client.patch(address, json={"shipping_method_id": str(method)}, headers=auth).json()
    assert back["shipping_method"]["pickup_point"] is None
    fields = _fields(method, harbour) | {"lines": [{"variant_id": variant_of(shop, "Mug")}]}
    del fields["shipping_method_id"]
    answer = client.post("/api/v1/carts", json=fields)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "pickup_point_id")
    assert answer.json()["errors"][0]["message"].startswith("Choose a shipping method that offers")
