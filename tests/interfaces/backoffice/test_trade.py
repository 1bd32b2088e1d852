"""Promotions, prices, taxes, delivery, customers and gift cards in the back office."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from hansa.domain.accounts.models import Customer, CustomerGroup
from hansa.domain.catalog.models import Product, Variant
from hansa.domain.fulfilment.models import PickupPoint, ShippingMethod, ShippingZone
from hansa.domain.payments.models import GiftCard
from hansa.domain.payments.selectors import find_gift_card
from hansa.domain.pricing.models import Market, PriceList, PriceListItem, Promotion, TaxClass, TaxRate
from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext
from tests.interfaces.backoffice.conftest import filled, messages_of, submit
from tests.worlds import draft, entered, stock_shop
from tests.worlds_buying import open_shop, promote

EMPTY_TIMES = {"starts_at_0": "", "starts_at_1": "", "ends_at_0": "", "ends_at_1": ""}
TENTH: dict[str, Any] = EMPTY_TIMES | {
    "name": "Welcome",
    "code": "welcome10",
    "kind": "percentage",
    "rate_ppm": "7.5",
    "amount": "",
    "buy_quantity": "0",
    "get_quantity": "0",
    "tiers": "",
    "min_subtotal": "20",
    "product_ids": "",
    "customer_group": "",
    "usage_limit": "100",
    "usage_limit_per_customer": "1",
    "priority": "0",
}
MODELS = (
    "orders/order",
    "accounts/customer",
    "accounts/customergroup",
    "payments/giftcard",
    "notifications/notification",
    "inventory/stockitem",
    "inventory/stockmovement",
    "inventory/warehouse",
    "pricing/promotion",
    "pricing/pricelist",
    "pricing/taxrate",
    "pricing/taxclass",
    "pricing/market",
    "fulfilment/shippingmethod",
    "fulfilment/shippingzone",
)


@pytest.fixture(autouse=True)
def market(shop: TenantContext) -> None:
    """Open our shop, with a mug in it."""
    open_shop(shop)
    stock_shop(shop, draft("Mug", price=1000))
    with entered(shop):
        Variant.objects.update(sku="MUG-1")


def add(staff: TestClient, model: str, **fields: Any) -> Any:
    return submit(staff, f"/admin/{model}/add/", fields)


@pytest.mark.parametrize("model", MODELS)
def test_every_list_answers_also_to_strange_questions(staff: TestClient, model: str) -> None:
    for query in ("", "?q=%00", "?q=x", "?p=7", "?o=1.-2"):
        assert staff.get(f"/admin/{model}/{query}").status_code == 200, query
    if model not in {"orders/order", "notifications/notification", "inventory/stockitem", "inventory/stockmovement"}:
        assert staff.get(f"/admin/{model}/add/").status_code == 200


def test_a_promotion_is_written_in_per_cent_and_euros(staff: TestClient, shop: TenantContext) -> None:
    made = add(staff, "pricing/promotion", **TENTH)
    assert made.status_code == 302, messages_of(made.text)
    with entered(shop):
        promotion = Promotion.objects.get()
    assert (promotion.code, promotion.rate_ppm, promotion.min_subtotal, promotion.usage_limit) == (
        *("WELCOME10", 75_000, 2000, 100),
    )
    page = staff.get(f"/admin/pricing/promotion/{promotion.pk}/change/")
    fields = filled(page.text)
    assert (fields["rate_ppm"], fields["min_subtotal"]) == ("7.5", "20.00")
    words = messages_of(staff.get("/admin/pricing/promotion/").text)
    for expected in ("7.5 % off", "WELCOME10", "Running", "0 of 100"):
        assert expected in words
    staff.post(
        "/admin/pricing/promotion/",
        data={
            "csrfmiddlewaretoken": fields["csrfmiddlewaretoken"],
            "action": "archive",
            "_selected_action": str(promotion.pk),
        },
    )
    with entered(shop):
        assert Promotion.objects.get().archived_at is not None


def test_steps_and_products_are_written_as_words(staff: TestClient, shop: TenantContext) -> None:
    tiered = TENTH | {"kind": "tiered", "rate_ppm": "", "tiers": "50: 5 %\n100.00: 10.00", "product_ids": "mug"}
    made = add(staff, "pricing/promotion", **tiered)
    assert made.status_code == 302, messages_of(made.text)
    with entered(shop):
        promotion = Promotion.objects.get()
        assert promotion.product_ids == [Product.objects.get().pk]
    assert promotion.tiers == [
        {"min_subtotal": 5000, "rate_ppm": 50_000, "amount": 0},
        {"min_subtotal": 10_000, "rate_ppm": 0, "amount": 1000},
    ]
    fields = filled(staff.get(f"/admin/pricing/promotion/{promotion.pk}/change/").text)
    assert fields["tiers"].splitlines() == ["50.00: 5 %", "100.00: 10.00"]
    assert fields["product_ids"].strip() == "mug"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rate_ppm": "101"}, "is no rate"),
        ({"rate_ppm": "NaN"}, "is no rate"),
        ({"rate_ppm": "0"}, "Say how much it takes off"),
        ({"min_subtotal": "a lot"}, "is not a number"),
        ({"kind": "tiered", "tiers": "50 5 %"}, "is no step"),
        ({"product_ids": "teapot"}, "There is no product “teapot”"),
        ({"code": "with blanks in it"}, "Use letters, digits"),
    ],
)
def test_a_promotion_that_makes_no_sense_says_why(
    staff: TestClient, shop: TenantContext, wrong: dict[str, str], words: str
) -> None:
    answer = add(staff, "pricing/promotion", **(TENTH | wrong))
    assert (answer.status_code, words in messages_of(answer.text)) == (200, True), messages_of(answer.text)
    with entered(shop):
        assert not Promotion.objects.exists()


def _prices(*rows: dict[str, str], initial: int = 0) -> dict[str, str]:
    fields = {"items-TOTAL_FORMS": str(len(rows)), "items-INITIAL_FORMS": str(initial)}
    for number, row in enumerate(rows):
        fields |= {f"items-{number}-{name}": value for name, value in row.items()}
    return fields


def test_a_price_list_gets_prices_by_sku(staff: TestClient, shop: TenantContext) -> None:
    times = {f"valid_{end}_{part}": "" for end in ("from", "until") for part in (0, 1)}
    fields = times | {"name": "Trade", "customer_group": "", "priority": "0", "is_active": "on"}
    made = add(staff, "pricing/pricelist", currency="EUR", **fields)
    assert made.status_code == 302, messages_of(made.text)
    with entered(shop):
        price_list = PriceList.objects.get()
    page = f"/admin/pricing/pricelist/{price_list.pk}/change/"
    two = _prices(
        {"sku": "MUG-1", "min_quantity": "1", "price": "9.50"}, {"sku": "MUG-1", "min_quantity": "10", "price": "8"}
    )
    saved = submit(staff, page, fields | two)
    assert saved.status_code == 302, messages_of(saved.text)
    unknown = submit(staff, page, fields | _prices({"sku": "CUP", "min_quantity": "1", "price": "9.50"}))
    assert "There is no variant with the SKU “CUP”" in messages_of(unknown.text)
    with entered(shop):
        items = list(PriceListItem.objects.order_by("min_quantity"))
        assert [(item.min_quantity, item.amount) for item in items] == [(1, 950), (10, 800)]
    shown = filled(staff.get(page).text)
    assert (shown["items-0-sku"], shown["items-0-price"]) == ("MUG-1", "9.50")
    changed = shown | {"items-0-price": "9.00", "items-1-min_quantity": "20", "is_active": "on"}
    assert submit(staff, page, changed).status_code == 302
    with entered(shop):
        stored = PriceListItem.objects.order_by("min_quantity").values_list("min_quantity", "amount")
        assert list(stored) == [(1, 900), (20, 800)]


def test_taxes_are_written_in_per_cent(staff: TestClient, shop: TenantContext) -> None:
    assert add(staff, "pricing/taxclass", name="Books", code="books").status_code == 302
    with entered(shop):
        books = TaxClass.objects.get(code="books")
    times = {f"valid_{end}_{part}": "" for end in ("from", "until") for part in (0, 1)}
    rate = {"tax_class": str(books.pk), "name": "VAT 7 %", "rate_ppm": "7", "country": "DE", "priority": "1", **times}
    made = add(staff, "pricing/taxrate", **rate)
    assert made.status_code == 302, messages_of(made.text)
    twice = add(staff, "pricing/taxrate", **rate)
    assert twice.status_code == 200
    with entered(shop):
        assert TaxRate.objects.get(tax_class=books).rate_ppm == 70_000
    assert add(staff, "pricing/market", name="Alps", countries="at, ch", prices_include_tax="on").status_code == 302
    clash = add(staff, "pricing/market", name="Swiss", countries="CH")
    assert "CH is in the market Alps already" in messages_of(clash.text)
    with entered(shop):
        assert Market.objects.get(name="Alps").countries == ["AT", "CH"]


def test_delivery_is_written_in_euros(staff: TestClient, shop: TenantContext) -> None:
    zone = add(staff, "fulfilment/shippingzone", name="Alps", countries="at, ch", postal_ranges="", position="1")
    assert zone.status_code == 302, messages_of(zone.text)
    with entered(shop):
        alps = ShippingZone.objects.get(name="Alps")
    points = {"pickup_points-TOTAL_FORMS": "1", "pickup_points-INITIAL_FORMS": "0"}
    point = {"name": "Station", "address": "1 Station Road", "opening_hours": "9–18", "position": "0"}
    method = {
        "zone": str(alps.pk),
        "name": "Parcel",
        "kind": "by_weight",
        "tiers": "0: 4.90\n2000: 6.90",
        "free_from_amount": "50",
        "min_weight_grams": "0",
        "tax_class": "",
        "is_active": "on",
        "position": "0",
        **points,
        **{f"pickup_points-0-{name}": value for name, value in point.items()},
    }
    made = add(staff, "fulfilment/shippingmethod", **method)
    assert made.status_code == 302, messages_of(made.text)
    with entered(shop):
        parcel = ShippingMethod.objects.get(name="Parcel")
        assert (parcel.tiers, parcel.free_from_amount, parcel.amount) == ([[0, 490], [2000, 690]], 5000, 0)
        assert PickupPoint.objects.get().name == "Station"
    refused = add(staff, "fulfilment/shippingmethod", **(method | {"name": "Other", "tiers": "2000: 6.90\n0: 4.90"}))
    assert "in order" in messages_of(refused.text)
    words = messages_of(staff.get("/admin/fulfilment/shippingmethod/").text)
    assert "2 steps" in words
    assert "€50.00" in words


def test_customers_and_groups(staff: TestClient, shop: TenantContext) -> None:
    assert add(staff, "accounts/customergroup", name="Trade", code="trade").status_code == 302
    with entered(shop):
        trade = CustomerGroup.objects.get()
    ada = {"email": "Ada@Example.com", "name": "Ada", "group": str(trade.pk)}
    assert add(staff, "accounts/customer", **ada).status_code == 302
    twice = add(staff, "accounts/customer", **ada)
    assert (twice.status_code, "already" in messages_of(twice.text)) == (200, True)
    exempt = add(staff, "accounts/customer", **(ada | {"email": "b@example.com", "is_tax_exempt": "on"}))
    assert "what the exemption rests on" in messages_of(exempt.text)
    with entered(shop):
        assert Customer.objects.get().email == "ada@example.com"


def test_a_gift_card_shows_its_code_once(staff: TestClient, shop: TenantContext) -> None:
    issued = add(staff, "payments/giftcard", amount="25.5", expires_at_0="", expires_at_1="")
    assert (issued.status_code, "no-store" in issued.headers["cache-control"]) == (200, True)
    (code,) = re.findall(r'id="code"[^>]*>([^<]+)<', issued.text)
    with entered(shop):
        card = find_gift_card(code=code, now=clock.now())
        assert card is not None
        assert card.balance == 2550
    for page in ("/admin/payments/giftcard/", f"/admin/payments/giftcard/{card.id}/change/", "/admin/"):
        text = staff.get(page).text
        assert code not in text
    assert "€25.50" in messages_of(staff.get(f"/admin/payments/giftcard/{card.id}/change/").text)
    past = (clock.now() - timedelta(days=1)).date().isoformat()
    for wrong in ({"amount": "0"}, {"amount": "x"}, {"amount": "5", "expires_at_0": past, "expires_at_1": "00:00"}):
        answer = add(staff, "payments/giftcard", **({"expires_at_0": "", "expires_at_1": ""} | wrong))
        assert answer.status_code == 200
        assert 'id="code"' not in answer.text
    with entered(shop):
        assert GiftCard.objects.count() == 1


def test_lists_take_as_many_statements_for_many_rows_as_for_few(
    shop: TenantContext, count_statements: Callable[[str], int]
) -> None:
    pages = ("/admin/pricing/promotion/", "/admin/pricing/taxrate/", "/admin/fulfilment/shippingmethod/")
    promote(shop, "One")
    few = [count_statements(page) for page in pages]
    with entered(shop):
        tax_class, zone = TaxClass.objects.get(), ShippingZone.objects.get()
        for number in range(8):
            TaxRate(tax_class=tax_class, country="US", region=f"R{number}", name="Tax", rate_ppm=1).save()
            ShippingMethod(zone=zone, name=f"Way {number}", currency="EUR", position=number).save()
    for number in range(8):
        promote(shop, f"More {number}", code=f"CODE{number}")
    assert [count_statements(page) for page in pages] == few


def test_the_shop_next_door_sees_none_of_it(
    shop: TenantContext, rival: TenantContext, log_in: Callable[..., TestClient]
) -> None:
    promotion = promote(shop, "Ours")
    neighbour = log_in(rival)
    assert neighbour.get(f"/admin/pricing/promotion/{promotion.pk}/change/").status_code == 404
    for model in MODELS:
        assert "Ours" not in neighbour.get(f"/admin/{model}/").text


def test_postal_codes_are_written_one_range_a_line(staff: TestClient, shop: TenantContext) -> None:
    fields = {"name": "East", "countries": "de", "position": "1"}
    made = add(staff, "fulfilment/shippingzone", **fields, postal_ranges="DE 10000-12999\n\n 39 - 39\nde 01\nSW1 – SW9")
    assert made.status_code == 302, messages_of(made.text)
    with entered(shop):
        zone = ShippingZone.objects.get(name="East")
    assert zone.postal_ranges == [["10000", "12999"], ["39", "39"], ["01", "01"], ["SW1", "SW9"]]
    page = f"/admin/fulfilment/shippingzone/{zone.pk}/change/"
    shown = filled(staff.get(page).text)
    assert shown["postal_ranges"].split("\n") == ["DE 10000-12999", "DE 39", "DE 01", "DE SW1-SW9"]
    assert submit(staff, page, shown | {"countries": "", "postal_ranges": "20-22"}).status_code == 302
    assert filled(staff.get(page).text)["postal_ranges"] == "20-22"
    with entered(shop):
        assert ShippingZone.objects.get(pk=zone.pk).postal_ranges == [["20", "22"]]


@pytest.mark.parametrize(
    ("countries", "ranges", "words"),
    [
        ("DE", "10000-12999\nDE 10, 12", "Line 2, “DE 10, 12”, is no range"),
        ("DE", "10000-", "Line 1, “10000-”, is no range"),
        ("DE", "[[20, 22]]", "is no range"),
        ("DE", "10-129", "both ends need the same number of characters"),
        ("DE", "DE 22-20", "the smaller end comes first"),
        ("DE", "AT 10-12", "AT is not among this zone’s countries"),
        ("", "DE 10-12", "DE is not among this zone’s countries"),
        ("DE, AT", "DE 10-12", "Make a zone for each"),
    ],
)
def test_postal_codes_that_are_none_say_in_which_line(
    staff: TestClient, shop: TenantContext, countries: str, ranges: str, words: str
) -> None:
    fields = {"name": "East", "countries": countries, "position": "1"}
    refused = add(staff, "fulfilment/shippingzone", **fields, postal_ranges=ranges)
    assert refused.status_code == 200
    assert words in messages_of(refused.text), messages_of(refused.text)
    assert filled(refused.text)["postal_ranges"] == ranges
    with entered(shop):
        assert not ShippingZone.objects.filter(name="East").exists()
