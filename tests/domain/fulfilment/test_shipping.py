"""Where a shop ships to, how, and at what price."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hansa.domain.fulfilment.errors import InvalidMethod, InvalidZone, MethodNotFound, ShippingNameTaken, ZoneNotFound
from hansa.domain.fulfilment.models import PickupPoint, ShippingMethod, ShippingZone
from hansa.domain.fulfilment.quote import quote
from hansa.domain.fulfilment.selectors import get_methods, list_shipping_methods
from hansa.domain.fulfilment.services.archive_method import archive_method
from hansa.domain.fulfilment.services.archive_zone import archive_zone
from hansa.domain.fulfilment.services.save_method import save_method
from hansa.domain.fulfilment.services.save_pickup_point import save_pickup_point
from hansa.domain.fulfilment.services.save_zone import save_zone
from hansa.domain.fulfilment.types import BasketFacts, Method, MethodKind
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.worlds import NOON, entered
from tests.worlds_buying import open_shop


def _zone(shop: TenantContext, name: str, **fields: Any) -> ShippingZone:
    with tenant_scope(shop):
        return save_zone(zone=ShippingZone(name=name, **fields))


def _method(shop: TenantContext, zone: ShippingZone, name: str = "Standard", **fields: Any) -> ShippingMethod:
    with tenant_scope(shop):
        return save_method(method=ShippingMethod(zone=zone, name=name, **({"amount": 490} | fields)))


def _offered(shop: TenantContext, country: str, postal_code: str = "") -> list[str]:
    with tenant_scope(shop):
        return [method.name for method in get_methods(country=country, postal_code=postal_code)]


def _facts(**fields: Any) -> BasketFacts:
    defaults: dict[str, Any] = {"currency": "EUR", "value": 5000, "weight_grams": 1000, "quantity": 2}
    return BasketFacts(**(defaults | fields))


def _quoted(**fields: Any) -> Any:
    """Return what a method costs for the usual basket, or None."""
    facts = fields.pop("facts", _facts())
    defaults: dict[str, Any] = {
        "id": UUID(int=1),
        "name": "M",
        "kind": MethodKind.FLAT,
        "currency": "EUR",
        "amount": 490,
    }
    options = quote([Method(**(defaults | fields))], facts)
    return options[0].amount if options else None


def test_a_shop_without_a_zone_ships_nothing(shop: TenantContext, rival: TenantContext) -> None:
    open_shop(rival)
    assert _offered(shop, "DE") == []
    assert _offered(rival, "DE") == ["Standard"]


def test_the_first_zone_that_fits_the_address_counts(shop: TenantContext) -> None:
    everywhere = _zone(shop, "World", position=9)
    germany = _zone(shop, "Germany", countries=["de", "AT"], position=2)
    islands = _zone(
        shop, "Islands", countries=["DE"], postal_ranges=[["25846", "25849"], ["26465", "26486"]], position=1
    )
    london = _zone(shop, "London", countries=["GB"], postal_ranges=[["SW1", "SW9"], ["ec1", "ec4"]], position=3)
    for zone in (everywhere, germany, islands, london):
        _method(shop, zone, f"To {zone.name}")
    assert _offered(shop, "DE", "10115") == ["To Germany"]
    assert _offered(shop, "at") == ["To Germany"]
    assert _offered(shop, "DE", "25847") == ["To Islands"]
    assert _offered(shop, "DE", "2") == ["To Germany"]
    assert _offered(shop, "GB", "sw1a 1aa") == ["To London"]
    assert _offered(shop, "GB", "EC2V-7HH") == ["To London"]
    assert _offered(shop, "GB", "M1 1AE") == ["To World"]
    assert _offered(shop, "JP") == ["To World"]


def test_methods_come_in_the_shops_order_without_those_put_away(shop: TenantContext) -> None:
    zone = _zone(shop, "World")
    _method(shop, zone, "Second", position=2)
    _method(shop, zone, "First", position=1)
    _method(shop, zone, "Paused", is_active=False)
    gone = _method(shop, zone, "Gone")
    with tenant_scope(shop):
        archive_method(method_id=gone.pk, now=NOON)
        with pytest.raises(MethodNotFound):
            archive_method(method_id=gone.pk, now=NOON)
    assert _offered(shop, "DE") == ["First", "Second"]
    _method(shop, zone, "Gone")
    with tenant_scope(shop):
        archive_zone(zone_id=zone.pk, now=NOON)
        with pytest.raises(ZoneNotFound):
            archive_zone(zone_id=zone.pk, now=NOON)
    assert _offered(shop, "DE") == []
    with entered(shop):
        assert not list_shipping_methods().exists()


def test_everything_about_a_method_comes_back_from_the_database(shop: TenantContext) -> None:
    opened = open_shop(shop)
    with tenant_scope(shop):
        zone = ShippingZone(pk=opened.zone_id)
        method = save_method(
            method=ShippingMethod(
                zone=zone,
                name="By weight",
                kind="by_weight",
                tiers=[[0, 490], [2000, 690]],
                free_from_amount=10_000,
                min_weight_grams=1,
                max_weight_grams=30_000,
                tax_class_id=opened.tax_class_id,
                position=1,
            )
        )
        fetch = save_method(method=ShippingMethod(zone=zone, name="Fetch", kind="pickup", amount=0, position=2))
        save_pickup_point(
            point=PickupPoint(
                method=fetch,
                name="Shop",
                address="Quay 1, Lübeck",
                latitude_microdegrees=53_866_000,
                longitude_microdegrees=10_686_000,
                opening_hours="Mo–Fr 9–18",
            )
        )
        _, found, fetched = get_methods(country="DE")
    assert (found.id, found.kind, found.currency) == (method.pk, MethodKind.BY_WEIGHT, "EUR")
    assert (found.tiers, found.free_from_amount) == (((0, 490), (2000, 690)), 10_000)
    assert (found.min_weight_grams, found.max_weight_grams, found.tax_class) == (1, 30_000, "standard")
    (point,) = fetched.pickup_points
    assert (point.name, point.latitude_microdegrees, point.opening_hours) == ("Shop", 53_866_000, "Mo–Fr 9–18")
    assert quote([fetched], _facts())[0].pickup_points == (point,)


@pytest.mark.parametrize(
    ("fields", "amount"),
    [
        ({}, 490),
        ({"currency": "CHF"}, None),
        ({"free_from_amount": 5000}, 0),
        ({"free_from_amount": 5001}, 490),
        ({"min_weight_grams": 1000, "max_weight_grams": 1000}, 490),
        ({"min_weight_grams": 1001}, None),
        ({"max_weight_grams": 999}, None),
        ({"max_weight_grams": 999, "free_from_amount": 0}, None),
        ({"kind": MethodKind.PICKUP, "amount": 0}, 0),
        ({"kind": MethodKind.BY_WEIGHT, "tiers": ((0, 300), (1000, 500), (1001, 900))}, 500),
        ({"kind": MethodKind.BY_WEIGHT, "tiers": ((1001, 900),)}, None),
        ({"kind": MethodKind.BY_WEIGHT, "tiers": ((1001, 900),), "free_from_amount": 1}, None),
        ({"kind": MethodKind.BY_PRICE, "tiers": ((0, 700), (5000, 300))}, 300),
        ({"kind": MethodKind.BY_QUANTITY, "tiers": ((1, 100), (2, 180), (3, 240))}, 180),
    ],
)
def test_what_a_method_costs(fields: dict[str, Any], amount: int | None) -> None:
    assert _quoted(**fields) == amount


@given(
    st.dictionaries(st.integers(0, 5000), st.integers(0, 9999), max_size=6).map(lambda steps: tuple(steps.items())),
    st.integers(0, 6000),
)
def test_steps_count_whatever_their_order(tiers: tuple[tuple[int, int], ...], weight: int) -> None:
    facts = _facts(weight_grams=weight)
    expected = max((step for step in tiers if step[0] <= weight), default=(0, None))[1]
    for given_in in (tiers, tuple(reversed(tiers))):
        assert _quoted(kind=MethodKind.BY_WEIGHT, tiers=given_in, facts=facts) == expected


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "by_pigeon"}, "kind"),
        ({"amount": -1}, "amount"),
        ({"currency": "XXX"}, "currency"),
        ({"kind": "by_weight"}, "tiers"),
        ({"kind": "by_weight", "tiers": [[5, 1], [5, 2]]}, "tiers"),
        ({"kind": "by_weight", "tiers": [[0, 1.5]]}, "tiers"),
        ({"kind": "by_weight", "tiers": [["0", 1]]}, "tiers"),
        ({"kind": "flat", "tiers": [[0, 1]]}, "tiers"),
        ({"min_weight_grams": 5, "max_weight_grams": 4}, "max_weight_grams"),
    ],
)
def test_a_method_that_makes_no_sense_is_refused(shop: TenantContext, fields: dict[str, Any], field: str) -> None:
    zone = _zone(shop, "World")
    with pytest.raises(InvalidMethod) as refused:
        _method(shop, zone, **fields)
    assert field in [error.field for error in refused.value.errors]
    with entered(shop):
        assert not ShippingMethod.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"countries": ["Germany"]}, "countries"),
        ({"postal_ranges": "10-20"}, "postal_ranges"),
        ({"postal_ranges": [["10"]]}, "postal_ranges"),
        ({"postal_ranges": [["10", "9"]]}, "postal_ranges"),
        ({"postal_ranges": [["20", "10"]]}, "postal_ranges"),
        ({"postal_ranges": [[10, 20]]}, "postal_ranges"),
        ({"postal_ranges": [["", ""]]}, "postal_ranges"),
    ],
)
def test_a_zone_that_makes_no_sense_is_refused(shop: TenantContext, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidZone) as refused:
        _zone(shop, **({"name": "World"} | fields))
    assert field in [error.field for error in refused.value.errors]


def test_names_are_taken_and_a_rivals_rows_are_none(shop: TenantContext, rival: TenantContext) -> None:
    theirs = open_shop(rival)
    zone = _zone(shop, "World")
    method = _method(shop, zone)
    with pytest.raises(ShippingNameTaken):
        _zone(shop, "World")
    with pytest.raises(ShippingNameTaken):
        _method(shop, zone)
    with pytest.raises(InvalidMethod) as refused:
        _method(shop, ShippingZone(pk=theirs.zone_id))
    assert refused.value.errors[0].field == "zone"
    with pytest.raises(InvalidMethod) as refused:
        _method(shop, zone, "Taxed", tax_class_id=theirs.tax_class_id)
    assert refused.value.errors[0].field == "tax_class"
    with tenant_scope(shop):
        with pytest.raises(InvalidMethod):
            save_pickup_point(point=PickupPoint(method_id=theirs.method_id, name="Shop", address="Quay 1"))
        with pytest.raises(InvalidMethod):
            save_pickup_point(point=PickupPoint(method=method, name="Shop", address="Quay 1", latitude_microdegrees=1))
        with pytest.raises(MethodNotFound):
            archive_method(method_id=theirs.method_id, now=NOON)
