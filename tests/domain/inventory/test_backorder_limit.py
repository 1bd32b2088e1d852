"""A limit between none and any: exactly so many pieces are sold before they are there."""

from dataclasses import replace
from functools import partial
from uuid import UUID

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hansa.domain.catalog.models import Variant
from hansa.domain.catalog.queries import ListingQuery
from hansa.domain.catalog.selectors import get_listing_page, list_products
from hansa.domain.inventory.errors import InsufficientStock, InvalidQuantity, VariantNotFound
from hansa.domain.inventory.models import UNLIMITED_BACKORDERS, StockItem
from hansa.domain.inventory.services.create_warehouse import create_warehouse
from hansa.domain.inventory.services.publish_availability import publish_availability
from hansa.domain.inventory.services.receive import receive
from hansa.domain.inventory.services.release import release
from hansa.domain.inventory.services.set_backorder_limit import set_backorder_limit
from hansa.domain.inventory.services.set_bundle import set_bundle
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, get_current_tenant, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.inventory.goods import at_once, counters, hold, published, stocked
from tests.worlds import NOON, draft, stock_shop

pytestmark = pytest.mark.usefixtures("in_shop")


def _limit(variant: UUID, limit: int | None) -> int:
    return set_backorder_limit(variant_id=variant, limit=limit, now=NOON)


def _item(variant: UUID, warehouse: str = "main") -> tuple[int, int | None]:
    with transaction():
        item = StockItem.objects.get(variant=variant, warehouse__code=warehouse)
        return item.backorder_limit, item.backorder_maximum


def _import(*, sells: bool, stock: int = 0) -> None:
    file = draft("Mug", stock=stock)
    variants = tuple(replace(variant, sells_when_out_of_stock=sells) for variant in file.variants)
    stock_shop(get_current_tenant(), replace(file, variants=variants))


def _refusal(demands: dict[UUID, int]) -> str:
    with pytest.raises(InsufficientStock) as refusal:
        hold(demands)
    (error,) = refusal.value.errors
    return error.message


def _is_shown_in_stock() -> tuple[bool, bool]:
    publish_availability(variant_ids=None)
    (document,) = get_listing_page(ListingQuery()).documents()
    with transaction():
        return document["in_stock"], list_products().in_stock().exists()


def test_with_a_limit_of_five_and_nothing_on_hand_exactly_five_are_sold() -> None:
    mug = stocked(stock=0)
    assert _is_shown_in_stock() == (False, False)
    assert _limit(mug, 5) == 0
    assert _is_shown_in_stock() == (True, True)
    for _ in range(5):
        hold({mug: 1})
    assert _refusal({mug: 1}) == "Sold out."
    assert counters(mug) == (0, 5)
    assert _is_shown_in_stock() == (False, False)
    assert published(mug) == -5


def test_of_64_buyers_at_once_five_get_one(shop: TenantContext) -> None:
    mug = stocked(stock=0)
    _limit(mug, 5)
    results = at_once([partial(hold, {mug: 1})] * 64, shop)
    assert sum(isinstance(result, UUID) for result in results) == 5
    assert sum(isinstance(result, InsufficientStock) for result in results) == 59


def test_what_is_on_hand_comes_on_top() -> None:
    mug = stocked(stock=3)
    _limit(mug, 5)
    assert _refusal({mug: 9}) == "Only 8 left."
    hold({mug: 8})
    receive(quantities={mug: 8}, now=NOON, actor="anna")
    hold({mug: 8})
    assert _item(mug) == (5, 5)
    with pytest.raises(InsufficientStock):
        hold({mug: 1})


def test_a_file_that_says_deny_and_continue_again_leaves_the_number() -> None:
    mug = stocked(stock=0)
    _limit(mug, 5)
    for sells in (True, False, True):
        _import(sells=sells)
        assert _item(mug) == (5 if sells else 0, 5)
    _import(sells=True, stock=2)
    assert (counters(mug), _item(mug)) == ((2, 0), (5, 5))
    hold({mug: 7})
    with pytest.raises(InsufficientStock):
        hold({mug: 1})


def test_a_limit_below_what_is_promised_winds_down_to_it_and_takes_no_new_order_until_then() -> None:
    mug = stocked(stock=0)
    _limit(mug, 5)
    first, _ = hold({mug: 3}), hold({mug: 2})
    assert _limit(mug, 1) == 4
    assert _item(mug) == (5, 1)
    receive(quantities={mug: 1}, now=NOON, actor="anna")
    assert _item(mug) == (4, 1)
    with pytest.raises(InsufficientStock):
        hold({mug: 1})
    with transaction():
        release(reference=first, now=NOON, reason="cancelled")
    assert (counters(mug), _item(mug)) == ((1, 2), (1, 1))
    with pytest.raises(InsufficientStock):
        hold({mug: 1})
    receive(quantities={mug: 1}, now=NOON, actor="anna")
    hold({mug: 1})
    with pytest.raises(InsufficientStock):
        hold({mug: 1})


def test_switched_off_it_winds_down_to_nothing() -> None:
    mug = stocked(stock=0)
    _limit(mug, 5)
    hold({mug: 2})
    with transaction():
        Variant.objects.filter(pk=mug).update(sells_when_out_of_stock=False)
    receive(quantities={mug: 1}, now=NOON, actor="anna")
    assert _item(mug) == (1, 5)
    with pytest.raises(InsufficientStock):
        hold({mug: 1})


def test_no_limit_is_any_number_and_nothing_is_nothing() -> None:
    mug = stocked(stock=0)
    _limit(mug, None)
    assert _item(mug) == (UNLIMITED_BACKORDERS, None)
    hold({mug: 4000})
    assert _is_shown_in_stock() == (True, True)
    assert _limit(mug, 0) == 4000
    assert _is_shown_in_stock() == (False, False)
    with transaction():
        assert Variant.objects.get(pk=mug).sells_when_out_of_stock


def test_nothing_is_sold_from_another_warehouse_that_nobody_spoke_of() -> None:
    mug = stocked(stock=0)
    harbour = create_warehouse(name="Harbour", code="harbour")
    receive(quantities={mug: 1}, now=NOON, actor="anna", warehouse_id=harbour.pk)
    _limit(mug, 5)
    assert (_item(mug), _item(mug, "harbour")) == ((5, 5), (0, 0))
    assert _refusal({mug: 7}) == "Only 6 left."
    north = create_warehouse(name="North", code="north")
    receive(quantities={mug: 1}, now=NOON, actor="anna", warehouse_id=north.pk)
    assert _item(mug, "north") == (0, 0)
    hold({mug: 7})
    assert _is_shown_in_stock() == (False, False)


def test_a_warehouse_without_limit_stays_so_when_another_gets_one() -> None:
    mug = stocked(stock=0)
    with transaction():
        Variant.objects.filter(pk=mug).update(sells_when_out_of_stock=True)
    harbour = create_warehouse(name="Harbour", code="harbour")
    set_backorder_limit(variant_id=mug, limit=5, now=NOON, warehouse_id=harbour.pk)
    assert (_item(mug), _item(mug, "harbour")) == ((UNLIMITED_BACKORDERS, None), (5, 5))
    hold({mug: 600})
    publish_availability(variant_ids=None)
    with transaction():
        assert Variant.objects.get(pk=mug).backorder_limit is None


def test_a_variant_counted_from_now_on_elsewhere_keeps_to_the_limit_that_there_is() -> None:
    mug = stocked(stock=0)
    harbour = create_warehouse(name="Harbour", code="harbour")
    set_backorder_limit(variant_id=mug, limit=5, now=NOON, warehouse_id=harbour.pk)
    with transaction():
        StockItem.objects.filter(variant=mug, warehouse__code="main").delete()
        Variant.objects.filter(pk=mug).update(stock_quantity=2)
    assert (counters(mug), _item(mug)) == ((2, 0), (0, 0))


def test_a_bundle_is_made_of_what_its_parts_may_still_sell() -> None:
    cup, pair = stocked("Cup", stock=1), stocked("Pair", stock=0)
    set_bundle(bundle_id=pair, components={cup: 2}, now=NOON)
    _limit(cup, 5)
    publish_availability(variant_ids=None)
    assert published(pair) == 3
    hold({pair: 3})
    with pytest.raises(InsufficientStock):
        hold({pair: 1})
    publish_availability(variant_ids=None)
    assert published(pair) == 0


@pytest.mark.parametrize("limit", [-1, UNLIMITED_BACKORDERS + 1])
def test_numbers_that_are_none_change_nothing(limit: int) -> None:
    mug = stocked(stock=0)
    with pytest.raises(InvalidQuantity):
        _limit(mug, limit)
    assert _item(mug) == (0, None)


def test_the_database_knows_no_limit_below_nothing() -> None:
    mug = stocked(stock=0)
    with pytest.raises(IntegrityError, match="inventory_stockitem_backorder_maximum"), transaction():
        StockItem.objects.filter(variant=mug).update(backorder_maximum=-1)


def test_another_shops_variant_is_not_there(rival: TenantContext) -> None:
    with tenant_scope(rival):
        theirs = stocked(stock=0)
    for variant in (theirs, uuid7()):
        with pytest.raises(VariantNotFound):
            _limit(variant, 5)
    with tenant_scope(rival):
        assert _item(theirs) == (0, None)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    on_hand=st.integers(0, 6),
    limit=st.integers(0, 6),
    demands=st.lists(st.integers(1, 4), max_size=8),
    then=st.integers(0, 6),
)
def test_never_more_than_stock_and_limit_are_promised(on_hand: int, limit: int, demands: list[int], then: int) -> None:
    mug = stocked(f"Mug {uuid7()}", stock=on_hand)
    _limit(mug, limit)
    promised = 0
    for demand in demands:
        if promised + demand > on_hand + limit:
            with pytest.raises(InsufficientStock):
                hold({mug: demand})
        else:
            hold({mug: demand})
            promised += demand
    assert counters(mug) == (on_hand, promised)
    assert _limit(mug, then) == max(0, promised - on_hand - then)
    left = max(0, on_hand + then - promised)
    with pytest.raises(InsufficientStock):
        hold({mug: left + 1})
    if left:
        hold({mug: left})
