"""Bundles: variants that are made of other variants' stock."""

import pytest

from hansa.domain.catalog.models import Variant
from hansa.domain.inventory.errors import InsufficientStock, InvalidBundle, VariantNotFound
from hansa.domain.inventory.selectors import availability
from hansa.domain.inventory.services.allocate import allocate
from hansa.domain.inventory.services.publish_availability import publish_availability
from hansa.domain.inventory.services.set_bundle import set_bundle
from hansa.domain.inventory.services.ship import ship
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.inventory.goods import counters, hold, published, stocked
from tests.worlds import NOON

pytestmark = pytest.mark.usefixtures("in_shop")


def test_a_bundle_takes_its_parts() -> None:
    cup, pot, service = stocked("Cup", stock=9), stocked("Pot", stock=2), stocked("Service", stock=0)
    set_bundle(bundle_id=service, components={cup: 4, pot: 1}, now=NOON)
    reference = hold({service: 2})
    assert (counters(cup), counters(pot), counters(service)) == ((9, 8), (2, 2), (0, 0))
    with transaction():
        allocate(reference=reference)
    ship(reference=reference, quantities={service: 1}, now=NOON, actor="staff")
    assert (counters(cup), counters(pot)) == ((5, 4), (1, 1))


def test_demand_is_summed_over_bundles_and_lines_that_share_a_part() -> None:
    cup, pair, trio = stocked("Cup", stock=9), stocked("Pair", stock=0), stocked("Trio", stock=0)
    set_bundle(bundle_id=pair, components={cup: 2}, now=NOON)
    set_bundle(bundle_id=trio, components={cup: 3}, now=NOON)
    with pytest.raises(InsufficientStock) as refusal:
        hold({cup: 3, pair: 2, trio: 1})
    assert {error.field: error.message for error in refusal.value.errors} == {
        f"lines.{cup}": "Only 9 left.",
        f"lines.{pair}": "Only 4 left.",
        f"lines.{trio}": "Only 3 left.",
    }
    assert counters(cup) == (9, 0)
    hold({cup: 2, pair: 2, trio: 1})
    assert counters(cup) == (9, 9)


def test_there_are_as_many_bundles_as_the_parts_allow_and_the_catalogue_says_so() -> None:
    cup, pot, service = stocked("Cup", stock=9), stocked("Pot", stock=5), stocked("Service", stock=0)
    set_bundle(bundle_id=service, components={cup: 4, pot: 1}, now=NOON)
    publish_availability(variant_ids=None)
    assert published(service) == 2
    hold({cup: 2})
    publish_availability(variant_ids=None)
    assert published(service) == 1
    with transaction():
        assert availability([cup, pot, service, uuid7()]) == {cup: 7, pot: 5, service: 1}
    set_bundle(bundle_id=service, components={}, now=NOON)
    publish_availability(variant_ids=None)
    assert published(service) == 0


def test_parts_that_are_not_counted_limit_nothing() -> None:
    cup, card = stocked("Cup", stock=4), stocked("Card", stock=0)
    gift = stocked("Gift", stock=0)
    with transaction():
        Variant.objects.filter(pk=card).update(is_stock_tracked=False)
        assert availability([card]) == {card: None}
    set_bundle(bundle_id=gift, components={cup: 2, card: 1}, now=NOON)
    with transaction():
        assert availability([gift]) == {gift: 2}
    hold({gift: 2})
    set_bundle(bundle_id=gift, components={card: 1}, now=NOON)
    with transaction():
        assert availability([gift]) == {gift: None}
    publish_availability(variant_ids=None)
    assert published(gift) > 0


def test_a_bundle_that_lost_a_part_sells_no_more() -> None:
    cup, pot, service = stocked("Cup", stock=9), stocked("Pot", stock=5), stocked("Service", stock=0)
    set_bundle(bundle_id=service, components={cup: 1, pot: 1}, now=NOON)
    with transaction():
        Variant.objects.filter(pk=pot).delete()
        assert availability([service]) == {service: 0}
    with pytest.raises(InsufficientStock) as refusal:
        hold({service: 1})
    assert [error.message for error in refusal.value.errors] == ["Sold out."]
    assert counters(cup) == (9, 0)


def test_what_a_file_says_of_a_bundle_moves_no_stock() -> None:
    cup, pair = stocked("Cup", stock=9), stocked("Pair", stock=0)
    set_bundle(bundle_id=pair, components={cup: 2}, now=NOON)
    stocked("Pair", stock=40)
    assert (counters(cup), counters(pair)) == ((9, 0), (0, 0))


def test_bundles_that_make_no_sense_are_refused(rival: TenantContext) -> None:
    cup, pair, crate = stocked("Cup"), stocked("Pair"), stocked("Crate")
    with tenant_scope(rival):
        theirs = stocked()
    set_bundle(bundle_id=pair, components={cup: 2}, now=NOON)
    for bundle, components in (
        (cup, {cup: 1}),
        (crate, {pair: 1}),
        (cup, {crate: 1}),
        (crate, {cup: 0}),
        (crate, {cup: 10_000}),
        (crate, {uuid7(): 1 for _ in range(101)}),
    ):
        with pytest.raises(InvalidBundle):
            set_bundle(bundle_id=bundle, components=components, now=NOON)
    for part in (uuid7(), theirs):
        with pytest.raises(VariantNotFound):
            set_bundle(bundle_id=crate, components={part: 1}, now=NOON)
    with transaction():
        Variant.objects.filter(pk=crate).update(is_stock_tracked=False)
    with pytest.raises(InvalidBundle, match="must be counted"):
        set_bundle(bundle_id=crate, components={cup: 1}, now=NOON)
