"""Stock in the back office, through the whole application."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from hansa.domain.inventory.models import StockItem, Warehouse
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.interfaces.backoffice.conftest import filled, messages_of, submit
from tests.worlds import draft, entered, stock_shop
from tests.worlds_orders import buy, open_for_business

LIST = "/admin/inventory/stockitem/"


@pytest.fixture(autouse=True)
def mug(shop: TenantContext) -> StockItem:
    """Return our shop's mugs: fifty, three of them sold."""
    open_for_business(shop)
    with tenant_scope(shop):
        buy(mugs=3)
    return item_of(shop)


def item_of(shop: TenantContext, warehouse: str = "main") -> StockItem:
    with entered(shop):
        return StockItem.objects.get(variant__product__name="Mug", warehouse__code=warehouse)


def operate(staff: TestClient, item: StockItem, operation: str, **fields: Any) -> Any:
    token = filled(staff.get(f"{LIST}{item.pk}/change/").text)["csrfmiddlewaretoken"]
    address = f"{LIST}{item.pk}/do/{operation}/"
    return staff.post(address, data={"csrfmiddlewaretoken": token} | fields, follow_redirects=False)


def test_the_list_says_what_is_on_hand_reserved_and_free(staff: TestClient) -> None:
    words = messages_of(staff.get(f"{LIST}?q=mug").text)
    assert "Main warehouse 50 3 47" in words
    assert "1 stock item" in words or "Bowl" not in words


@pytest.mark.parametrize(("level", "is_there"), [("low", True), ("none", False), ("owed", False), ("x", True)])
def test_the_level_narrows_the_list(staff: TestClient, mug: StockItem, level: str, is_there: bool) -> None:  # noqa: FBT001
    assert operate(staff, mug, "threshold", threshold="47").status_code == 302
    assert ("Main warehouse 50 3 47" in messages_of(staff.get(f"{LIST}?level={level}").text)) is is_there


@pytest.mark.parametrize(
    ("operation", "fields", "on_hand"),
    [
        ("receive", {"quantity": "12", "reason": "D-77"}, 62),
        ("adjust", {"delta": "-4", "reason": "broken"}, 46),
        ("count", {"counted": "40", "reason": ""}, 40),
    ],
)
def test_operations_move_the_stock_and_the_ledger_says_who(
    staff: TestClient, shop: TenantContext, mug: StockItem, operation: str, fields: dict[str, str], on_hand: int
) -> None:
    assert operate(staff, mug, operation, **fields).status_code == 302
    assert item_of(shop).on_hand == on_hand
    words = messages_of(staff.get(f"{LIST}{mug.pk}/change/").text)
    assert f"{on_hand - 50:+}" in words
    assert "ada@example.com" in words
    assert fields["reason"] in words
    assert f"{on_hand - 50}" in messages_of(staff.get("/admin/inventory/stockmovement/?q=mug").text)


@pytest.mark.parametrize(
    ("operation", "fields", "words"),
    [
        ("receive", {"quantity": "0"}, "greater than or equal to 1"),
        ("receive", {"quantity": "many"}, "Enter a whole number"),
        ("adjust", {"delta": "-48", "reason": "theft"}, "3 are promised to orders"),
        ("adjust", {"delta": "5", "reason": ""}, "This field is required"),
        ("adjust", {"delta": "0", "reason": "why not"}, "0 is not a number of pieces"),
        ("count", {"counted": "2"}, "3 are promised to orders"),
        ("backorders", {"limit": "-1"}, "greater than or equal to 0"),
        ("threshold", {"threshold": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_says_why_and_moves_nothing(
    staff: TestClient, shop: TenantContext, mug: StockItem, operation: str, fields: dict[str, str], words: str
) -> None:
    answer = operate(staff, mug, operation, **fields)
    assert (answer.status_code, words in messages_of(answer.text)) == (422, True), messages_of(answer.text)
    assert item_of(shop).on_hand == 50


def test_a_limit_for_backorders_is_set_shown_and_sold_up_to(
    staff: TestClient, shop: TenantContext, mug: StockItem
) -> None:
    page = f"{LIST}{mug.pk}/change/"
    assert "Backorders: none" in messages_of(staff.get(page).text)
    assert operate(staff, mug, "backorders", limit="5").status_code == 302
    words = staff.get(page).text
    assert "Saved: at most 5 beyond what is on hand." in words
    assert "Backorders: at most 5" in words
    assert filled(words)["limit"] == "5"
    with tenant_scope(shop):
        buy(mugs=52)
    assert operate(staff, mug, "backorders", limit="1").status_code == 302
    assert "4 more than that are promised already" in staff.get(page).text
    assert operate(staff, mug, "backorders", limit="").status_code == 302
    assert "Backorders: without limit" in staff.get(page).text


def test_stock_goes_to_another_warehouse(staff: TestClient, shop: TenantContext, mug: StockItem) -> None:
    assert "do/transfer/" not in staff.get(f"{LIST}{mug.pk}/change/").text
    made = submit(
        staff,
        "/admin/inventory/warehouse/add/",
        {"name": "North", "code": "north", "priority": "1", "is_active": "on"},
    )
    assert made.status_code == 302, made.text
    with entered(shop):
        north = Warehouse.objects.get(code="north")
    assert operate(staff, mug, "transfer", quantity="47", to=str(north.pk)).status_code == 302
    assert (item_of(shop).on_hand, item_of(shop, "north").on_hand) == (3, 47)
    refused = operate(staff, mug, "transfer", quantity="1", to=str(north.pk))
    assert "Only 0 pieces are free" in messages_of(refused.text)


def test_warehouses_are_changed_and_refusals_stand_in_the_form(staff: TestClient, shop: TenantContext) -> None:
    with entered(shop):
        main = Warehouse.objects.get()
    page = f"/admin/inventory/warehouse/{main.pk}/change/"
    fields = {"name": "Harbour", "code": "main", "priority": "0"}
    refused = submit(staff, page, fields)
    assert "The default warehouse cannot be switched off" in messages_of(refused.text)
    assert submit(staff, page, fields | {"is_active": "on"}).status_code == 302
    twice = submit(staff, "/admin/inventory/warehouse/add/", fields | {"is_active": "on"})
    assert "with the code &#x27;main&#x27; already" in twice.text or "code" in messages_of(twice.text)
    with entered(shop):
        assert [house.name for house in Warehouse.objects.all()] == ["Harbour"]


def test_lists_take_as_many_statements_for_many_rows_as_for_few(
    shop: TenantContext, count_statements: Callable[[str], int]
) -> None:
    pages = (LIST, "/admin/inventory/stockmovement/", "/admin/")
    few = [count_statements(page) for page in pages]
    stock_shop(shop, *(draft(f"Plate {number}") for number in range(15)))
    assert [count_statements(page) for page in pages] == few


def test_the_shop_next_door_sees_none_of_it(
    rival: TenantContext, mug: StockItem, log_in: Callable[..., TestClient]
) -> None:
    neighbour = log_in(rival)
    assert neighbour.get(f"{LIST}{mug.pk}/change/").status_code == 404
    assert "Mug" not in neighbour.get(LIST).text
