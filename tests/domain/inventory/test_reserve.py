"""Reserving: all or nothing, exactly what is there, whoever comes at the same time."""

from functools import partial
from uuid import UUID

import pytest
from django.db import IntegrityError, connection

from hansa.domain.catalog.models import Variant
from hansa.domain.events.models import Event
from hansa.domain.inventory.errors import InsufficientStock
from hansa.domain.inventory.models import Reservation, StockItem, StockMovement
from hansa.domain.inventory.services.reserve import named_shortages, reserve
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import tell, together
from hansa.kernel.tenancy import TenantContext
from hansa.kernel.transactions import TransactionRequired, transaction
from tests.domain.inventory.goods import SOON, at_once, counters, hold, stocked
from tests.worlds import NOON

pytestmark = pytest.mark.usefixtures("in_shop")


def test_what_is_reserved_is_counted_held_and_in_the_ledger() -> None:
    mug = stocked(stock=5)
    reference = hold({mug: 2})
    assert counters(mug) == (5, 2)
    with transaction():
        reservation = Reservation.objects.get(reference=reference)
        assert (reservation.quantity, reservation.state, reservation.expires_at) == (2, "held", SOON)
        movement = StockMovement.objects.get(reference=reference)
        assert (movement.kind, movement.on_hand_delta, movement.reserved_delta) == ("reserve", 0, 2)


def test_more_than_is_left_is_refused_by_name_and_nothing_changes() -> None:
    mug, jug = stocked("Mug", stock=5), stocked("Jug", stock=1)
    hold({jug: 1})
    with pytest.raises(InsufficientStock) as refusal:
        hold({mug: 6, jug: 1})
    assert {(error.field, error.code, error.message) for error in refusal.value.errors} == {
        (f"lines.{mug}", "insufficient_stock", "Only 5 left."),
        (f"lines.{jug}", "insufficient_stock", "Sold out."),
    }
    assert (counters(mug), counters(jug)) == ((5, 0), (1, 1))


def test_one_short_line_keeps_the_others_from_being_taken() -> None:
    mug, jug = stocked("Mug", stock=5), stocked("Jug", stock=1)
    with pytest.raises(InsufficientStock) as refusal:
        hold({mug: 1, jug: 2})
    assert [error.field for error in refusal.value.errors] == [f"lines.{jug}"]
    assert (counters(mug), counters(jug)) == ((5, 0), (1, 0))


def test_a_variant_that_is_not_counted_takes_nothing() -> None:
    mug = stocked(stock=0)
    with transaction():
        Variant.objects.filter(pk=mug).update(is_stock_tracked=False)
    hold({mug: 40})
    assert counters(mug) == (0, 0)


def test_a_variant_that_sells_when_out_of_stock_is_backordered() -> None:
    mug = stocked(stock=1)
    with transaction():
        Variant.objects.filter(pk=mug).update(sells_when_out_of_stock=True)
    hold({mug: 40})
    assert counters(mug) == (1, 40)


def test_a_variant_that_is_gone_or_another_shops_is_sold_out(rival: TenantContext) -> None:
    from hansa.kernel.tenancy import tenant_scope

    with tenant_scope(rival):
        theirs = stocked()
    for variant in (uuid7(), theirs):
        with pytest.raises(InsufficientStock, match="no longer there"):
            hold({variant: 1})


def test_reserving_needs_the_callers_transaction_and_a_quantity() -> None:
    mug = stocked()
    with pytest.raises(TransactionRequired):
        reserve(reference=uuid7(), demands={mug: 1}, now=NOON, expires_at=SOON)
    with pytest.raises(ValueError, match="one piece or more"):
        hold({mug: 0})
    hold({})


def test_in_a_batch_the_refusal_comes_at_its_end_and_takes_the_rest_along() -> None:
    mug = stocked(stock=1)
    with pytest.raises(InsufficientStock), transaction(), named_shortages(), together():
        tell("UPDATE catalog_variant SET sku = 'NEW' WHERE id = %(id)s::uuid", {"id": mug})
        reserve(reference=uuid7(), demands={mug: 2}, now=NOON, expires_at=SOON)
    with transaction():
        assert Variant.objects.get(pk=mug).sku == ""
    with transaction(), named_shortages(), together():
        reserve(reference=uuid7(), demands={mug: 1}, now=NOON, expires_at=SOON)
    assert counters(mug) == (1, 1)


def test_the_last_piece_is_told_and_so_is_its_return() -> None:
    from hansa.domain.inventory.services.release import release

    mug = stocked(stock=3)
    with transaction():
        StockItem.objects.filter(variant=mug).update(low_stock_threshold=1)
    hold({mug: 1})
    assert _events(mug) == []
    last = hold({mug: 2})
    assert _events(mug) == ["stock.low", "stock.sold_out"]
    with transaction():
        release(reference=last, now=NOON, reason="declined")
    assert _events(mug) == ["stock.low", "stock.sold_out", "stock.available"]


@pytest.mark.parametrize(
    "change",
    ["reserved = on_hand + 1", "reserved = -1", "on_hand = -1", "on_hand = reserved - 1"],
)
def test_the_database_itself_is_the_last_wall(change: str) -> None:
    mug = stocked(stock=5)
    hold({mug: 2})
    with pytest.raises(IntegrityError, match="inventory_stockitem_"), transaction(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE inventory_stockitem SET {change} WHERE variant_id = %s", [mug])
    assert counters(mug) == (5, 2)


def test_64_buyers_of_50_pieces_get_exactly_50(shop: TenantContext) -> None:
    mug = stocked(stock=50)
    results = at_once([partial(hold, {mug: 1})] * 64, shop)
    assert sum(isinstance(result, UUID) for result in results) == 50
    assert sum(isinstance(result, InsufficientStock) for result in results) == 14
    assert counters(mug) == (50, 50)
    with pytest.raises(InsufficientStock):
        hold({mug: 1})


def _events(variant: UUID) -> list[str]:
    with transaction():
        return list(Event.objects.filter(aggregate_id=variant).order_by("position").values_list("name", flat=True))
