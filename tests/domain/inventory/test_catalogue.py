"""The stock follows the catalogue by differences, and the catalogue shows what the stock says."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hansa.domain.catalog.models import Product, Variant
from hansa.domain.catalog.queries import ListingQuery
from hansa.domain.catalog.selectors import get_listing_page
from hansa.domain.catalog.services.set_variants import set_variants
from hansa.domain.catalog.types import VariantDraft
from hansa.domain.inventory.errors import InsufficientStock
from hansa.domain.inventory.handlers import publish_what_changed
from hansa.domain.inventory.models import StockChange, StockItem, StockMovement
from hansa.domain.inventory.services.publish_availability import publish_availability
from hansa.domain.inventory.services.receive import receive
from hansa.domain.inventory.services.release import release
from hansa.kernel.clock import now as current_instant
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.inventory.goods import counters, hold, published, stocked
from tests.worlds import NOON

pytestmark = pytest.mark.usefixtures("in_shop")


def _lines() -> int:
    with transaction():
        return StockMovement.objects.count()


def _change(variant: UUID, **fields: Any) -> None:
    with transaction():
        Variant.objects.filter(pk=variant).update(**fields)


def _waiting() -> int:
    with transaction():
        return StockChange.objects.count()


def _in_stock() -> list[bool]:
    return [document["in_stock"] for document in get_listing_page(ListingQuery()).documents()]


def test_a_new_variant_has_its_stock_and_the_ledger_says_so() -> None:
    mug = stocked(stock=5)
    assert counters(mug) == (5, 0)
    with transaction():
        line = StockMovement.objects.get()
        assert (line.kind, line.on_hand_delta, line.actor) == ("receive", 5, "catalogue")
    assert _waiting() == 0


def test_the_same_file_again_changes_nothing() -> None:
    mug = stocked(stock=5)
    lines = _lines()
    stocked(stock=5)
    assert counters(mug) == (5, 0)
    assert _lines() == lines


def test_a_file_with_more_raises_the_stock() -> None:
    mug = stocked(stock=5)
    assert stocked(stock=12) == mug
    assert counters(mug) == (12, 0)


def test_a_file_made_before_a_sale_does_not_undo_it() -> None:
    mug = stocked(stock=5)
    hold({mug: 2})
    stocked(stock=5)
    assert counters(mug) == (5, 2)
    stocked(stock=10)
    assert counters(mug) == (10, 2)
    publish_availability(variant_ids=None)
    assert published(mug) == 8


def test_a_form_that_was_opened_before_a_sale_does_not_undo_it() -> None:
    mug = stocked(stock=5)
    hold({mug: 2})
    with transaction():
        product = Product.objects.get()
    form = VariantDraft(option_values=(), price_amount=2500, stock_quantity=5, is_stock_tracked=True)
    set_variants(product_id=product.pk, variants=[form], now=NOON)
    assert counters(mug) == (5, 2)


def test_less_than_is_promised_is_never_left_and_the_catalogue_is_told() -> None:
    mug = stocked(stock=5)
    hold({mug: 4})
    _change(mug, stock_quantity=0)
    assert counters(mug) == (4, 4)
    publish_availability(variant_ids=None)
    assert published(mug) == 0


def test_many_at_once_follow_in_one_statement() -> None:
    mug, jug, pot = stocked("Mug", stock=1), stocked("Jug", stock=2), stocked("Pot", stock=3)
    lines = _lines()
    with transaction():
        Variant.objects.update(stock_quantity=10)
    assert [counters(variant) for variant in (mug, jug, pot)] == [(10, 0)] * 3
    assert _lines() == lines + 3


def test_an_edit_that_is_not_about_stock_moves_nothing() -> None:
    mug = stocked(stock=5)
    lines = _lines()
    _change(mug, sku="MUG", price_amount=1)
    assert counters(mug) == (5, 0)
    assert (_lines(), _waiting()) == (lines, 0)


def test_a_variant_that_is_counted_from_now_on_has_the_number_that_it_shows() -> None:
    mug = stocked(stock=0)
    with transaction():
        StockItem.objects.filter(variant=mug).delete()
        Variant.objects.filter(pk=mug).update(is_stock_tracked=False)
    _change(mug, is_stock_tracked=True, stock_quantity=7)
    assert counters(mug) == (7, 0)


def test_selling_when_out_of_stock_is_the_catalogues_to_say() -> None:
    mug = stocked(stock=1)
    _change(mug, sells_when_out_of_stock=True)
    first = hold({mug: 4})
    _change(mug, sells_when_out_of_stock=False)
    with pytest.raises(InsufficientStock):
        hold({mug: 1})
    assert counters(mug) == (1, 4)
    # What arrives fills the promises first, and what is given back is not sold beyond the shelf.
    receive(quantities={mug: 2}, now=NOON, actor="anna")
    with pytest.raises(InsufficientStock):
        hold({mug: 1})
    with transaction():
        release(reference=first, now=NOON, reason="cancelled")
    hold({mug: 3})
    with pytest.raises(InsufficientStock):
        hold({mug: 1})


def test_a_number_below_nothing_is_kept_where_it_may_be_and_corrected_where_not() -> None:
    mug = stocked(stock=0)
    _change(mug, sells_when_out_of_stock=True, stock_quantity=-3)
    assert counters(mug) == (-3, 0)
    jug = stocked("Jug", stock=-3)
    assert counters(jug) == (0, 0)
    publish_availability(variant_ids=None)
    assert (published(mug), published(jug)) == (-3, 0)


def test_what_was_sold_is_published_once_and_moves_no_stock() -> None:
    mug = stocked(stock=5)
    for _ in range(3):
        hold({mug: 1})
    assert published(mug) == 5
    assert _waiting() == 3
    assert publish_availability(variant_ids=None) == 1
    assert publish_availability(variant_ids=None) == 0
    assert published(mug) == 2
    assert counters(mug) == (5, 3)
    assert _waiting() == 0


def test_a_sale_is_no_edit_of_the_variant() -> None:
    mug = stocked(stock=5)
    with transaction():
        before = Variant.objects.get(pk=mug).updated_at
    hold({mug: 1})
    publish_availability(variant_ids=[mug])
    with transaction():
        assert Variant.objects.get(pk=mug).updated_at == before


def test_the_listing_says_when_the_last_piece_is_gone_and_when_there_are_some_again() -> None:
    mug = stocked(stock=1)
    assert _in_stock() == [True]
    reference = hold({mug: 1})
    publish_what_changed(current_instant())
    assert _in_stock() == [False]
    with transaction():
        release(reference=reference, now=NOON, reason="declined")
    publish_what_changed(current_instant())
    assert _in_stock() == [True]


def test_only_asked_for_variants_are_published() -> None:
    mug, jug = stocked("Mug", stock=5), stocked("Jug", stock=5)
    hold({mug: 1, jug: 1})
    assert publish_availability(variant_ids=[mug]) == 1
    assert publish_availability(variant_ids=[]) == 0
    assert (published(mug), published(jug)) == (4, 5)


def test_after_publishing_the_catalogue_moves_the_stock_again() -> None:
    mug = stocked(stock=5)
    hold({mug: 1})
    with transaction():
        publish_availability(variant_ids=None)
        Variant.objects.filter(pk=mug).update(stock_quantity=6)
    assert counters(mug) == (7, 1)


def test_the_database_names_the_tenants_with_something_to_publish(shop: TenantContext, rival: TenantContext) -> None:
    from django.db import connection

    hold({stocked(): 1})
    with transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT inventory_stockchange_due(%s)", [NOON + timedelta(seconds=1)])
        due = {row[0] for row in cursor.fetchall()}
    assert shop.id in due
    assert rival.id not in due


def test_the_shop_next_door_notices_nothing(rival: TenantContext) -> None:
    with tenant_scope(rival):
        theirs = stocked(stock=5)
    ours = stocked(stock=5)
    hold({ours: 5})
    publish_availability(variant_ids=None)
    with tenant_scope(rival):
        assert publish_availability(variant_ids=[ours, theirs]) == 0
        assert counters(theirs) == (5, 0)
        assert published(theirs) == 5
        with transaction():
            assert not StockItem.objects.filter(variant=ours).exists()
