"""The services that move stock by hand, and the ledger that they write."""

from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection

from hansa.domain.inventory.errors import (
    InvalidQuantity,
    StockReserved,
    VariantNotFound,
    WarehouseExists,
    WarehouseNotFound,
)
from hansa.domain.inventory.models import Reservation, StockItem, StockMovement, Warehouse
from hansa.domain.inventory.selectors import availability, reconcile
from hansa.domain.inventory.services.adjust import adjust
from hansa.domain.inventory.services.count_stock import count_stock
from hansa.domain.inventory.services.create_warehouse import create_warehouse
from hansa.domain.inventory.services.receive import receive
from hansa.domain.inventory.services.restock import restock
from hansa.domain.inventory.services.set_low_stock_threshold import set_low_stock_threshold
from hansa.domain.inventory.services.transfer import transfer
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.inventory.goods import counters, hold, stocked
from tests.worlds import NOON

pytestmark = pytest.mark.usefixtures("in_shop")


def _main() -> Warehouse:
    with transaction():
        return Warehouse.objects.get(is_default=True)


def test_goods_that_arrive_are_on_hand_and_the_ledger_says_who_and_why() -> None:
    mug = stocked(stock=5)
    receive(quantities={mug: 7}, now=NOON, actor="anna", reason="delivery 12")
    assert counters(mug) == (12, 0)
    with transaction():
        line = StockMovement.objects.get(actor="anna")
        assert (line.kind, line.on_hand_delta, line.reason, line.created_at) == ("receive", 7, "delivery 12", NOON)


def test_returns_are_on_hand_again_and_written_as_returns() -> None:
    mug = stocked(stock=5)
    reference = uuid7()
    restock(quantities={mug: 1}, now=NOON, actor="anna", reference=reference)
    assert counters(mug) == (6, 0)
    with transaction():
        assert StockMovement.objects.get(reference=reference).kind == "return"


def test_a_count_is_what_is_on_hand_and_what_is_promised_cannot_be_counted_away() -> None:
    mug = stocked(stock=5)
    hold({mug: 3})
    count_stock(counted={mug: 4}, now=NOON, actor="anna")
    assert counters(mug) == (4, 3)
    with pytest.raises(StockReserved, match="3 are promised"):
        count_stock(counted={mug: 2}, now=NOON, actor="anna")
    assert counters(mug) == (4, 3)
    with transaction():
        lines = StockMovement.objects.count()
    count_stock(counted={mug: 4}, now=NOON, actor="anna")
    with transaction():
        assert StockMovement.objects.count() == lines


def test_an_adjustment_needs_a_reason_and_leaves_what_is_promised() -> None:
    mug = stocked(stock=5)
    hold({mug: 3})
    adjust(variant_id=mug, delta=-2, reason="broken", now=NOON, actor="anna")
    assert counters(mug) == (3, 3)
    with pytest.raises(StockReserved):
        adjust(variant_id=mug, delta=-1, reason="broken", now=NOON, actor="anna")
    with pytest.raises(InvalidQuantity, match="Say why"):
        adjust(variant_id=mug, delta=1, reason=" ", now=NOON, actor="anna")
    assert counters(mug) == (3, 3)


@pytest.mark.parametrize("quantity", [0, -1, 10**9 + 1])
def test_a_quantity_that_makes_no_sense_is_refused(quantity: int) -> None:
    mug = stocked(stock=5)
    with pytest.raises(InvalidQuantity):
        receive(quantities={mug: quantity}, now=NOON, actor="anna")
    assert counters(mug) == (5, 0)


def test_an_unknown_or_foreign_variant_or_warehouse_is_refused(rival: TenantContext) -> None:
    mug = stocked()
    with tenant_scope(rival):
        theirs = stocked()
        their_warehouse = create_warehouse(name="Theirs", code="theirs").pk
    for variant in (uuid7(), theirs):
        with pytest.raises(VariantNotFound):
            receive(quantities={variant: 1}, now=NOON, actor="anna")
    for warehouse in (uuid7(), their_warehouse):
        with pytest.raises(WarehouseNotFound):
            receive(quantities={mug: 1}, now=NOON, actor="anna", warehouse_id=warehouse)
    with tenant_scope(rival):
        assert counters(theirs) == (5, 0)


def test_a_second_warehouse_of_the_same_code_is_refused() -> None:
    create_warehouse(name="Harbour", code="harbour")
    with pytest.raises(WarehouseExists):
        create_warehouse(name="Harbour again", code="harbour")
    with pytest.raises(WarehouseExists):
        create_warehouse(name="Main", code="main")


def test_a_transfer_moves_what_is_free_and_both_lines_share_a_reference() -> None:
    mug = stocked(stock=5)
    hold({mug: 2})
    harbour = create_warehouse(name="Harbour", code="harbour")
    main = _main().pk
    with pytest.raises(StockReserved, match="Only 3 pieces are free"):
        transfer(quantities={mug: 4}, from_warehouse_id=main, to_warehouse_id=harbour.pk, now=NOON, actor="anna")
    reference = transfer(
        quantities={mug: 3}, from_warehouse_id=main, to_warehouse_id=harbour.pk, now=NOON, actor="anna"
    )
    assert (counters(mug), counters(mug, "harbour")) == ((2, 2), (3, 0))
    with transaction():
        lines = StockMovement.objects.filter(reference=reference, kind="transfer")
        assert sorted(lines.values_list("on_hand_delta", flat=True)) == [-3, 3]
        assert availability([mug]) == {mug: 3}
    with pytest.raises(InvalidQuantity, match="the same"):
        transfer(quantities={mug: 1}, from_warehouse_id=harbour.pk, to_warehouse_id=harbour.pk, now=NOON, actor="anna")


def test_an_order_comes_from_one_warehouse_if_one_has_enough_else_from_several() -> None:
    mug = stocked(stock=2)
    far = create_warehouse(name="Far", code="far", priority=9)
    near = create_warehouse(name="Near", code="near", priority=-1)
    receive(quantities={mug: 3}, now=NOON, actor="anna", warehouse_id=far.pk)
    receive(quantities={mug: 1}, now=NOON, actor="anna", warehouse_id=near.pk)
    assert _parts(hold({mug: 3})) == {"far": 3}
    assert _parts(hold({mug: 1})) == {"near": 1}
    receive(quantities={mug: 1}, now=NOON, actor="anna", warehouse_id=near.pk)
    assert _parts(hold({mug: 3})) == {"near": 1, "main": 2}


def test_a_warehouse_that_is_closed_sells_nothing() -> None:
    mug = stocked(stock=1)
    far = create_warehouse(name="Far", code="far")
    receive(quantities={mug: 3}, now=NOON, actor="anna", warehouse_id=far.pk)
    with transaction():
        Warehouse.objects.filter(pk=far.pk).update(is_active=False)
        assert availability([mug]) == {mug: 1}
    assert _parts(hold({mug: 1})) == {"main": 1}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE inventory_stockmovement SET on_hand_delta = 100",
        "DELETE FROM inventory_stockmovement",
        "TRUNCATE inventory_stockmovement",
    ],
)
def test_no_line_of_the_ledger_can_be_changed(sql: str) -> None:
    stocked()
    with pytest.raises(DatabaseError, match="permission denied"), transaction(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_only_one_warehouse_is_the_default() -> None:
    stocked()
    with pytest.raises(IntegrityError, match="inventory_warehouse_default"), transaction():
        Warehouse.objects.create(name="Second", code="second", is_default=True)


def test_when_stock_is_low_is_the_shops_to_say() -> None:
    mug = stocked(stock=5)
    set_low_stock_threshold(variant_id=mug, threshold=2, now=NOON)
    with transaction():
        assert StockItem.objects.get(variant=mug).low_stock_threshold == 2
    with pytest.raises(InvalidQuantity):
        set_low_stock_threshold(variant_id=mug, threshold=-1, now=NOON)


@pytest.mark.parametrize(
    ("planted", "undone"),
    [
        (
            "UPDATE inventory_stockitem SET on_hand = on_hand + 1",
            "UPDATE inventory_stockitem SET on_hand = on_hand - 1",
        ),
        (
            "UPDATE inventory_stockitem SET reserved = reserved - 1",
            "UPDATE inventory_stockitem SET reserved = reserved + 1",
        ),
        ("UPDATE inventory_reservation SET quantity = 3", "UPDATE inventory_reservation SET quantity = 2"),
        ("UPDATE inventory_reservation SET state = 'shipped'", "UPDATE inventory_reservation SET state = 'held'"),
    ],
)
def test_what_does_not_add_up_is_found(planted: str, undone: str, rival: TenantContext) -> None:
    mug = stocked(stock=5)
    stocked("Jug")
    hold({mug: 2})
    _run(planted, mug)
    with transaction():
        (found,) = reconcile()
    assert found.variant_id == mug
    assert str(found.stock_item_id) in str(found)
    with tenant_scope(rival), transaction():
        assert reconcile() == []
    _run(undone, mug)


def _run(sql: str, variant: UUID) -> None:
    item = "(SELECT s.id FROM inventory_stockitem s WHERE s.variant_id = %s)"
    column = "stock_item_id" if "reservation" in sql else "id"
    with transaction(), connection.cursor() as cursor:
        cursor.execute(f"{sql} WHERE {column} = {item}", [variant])


def _parts(reference: UUID) -> dict[str, int]:
    with transaction():
        rows = Reservation.objects.filter(reference=reference)
        return dict(rows.values_list("stock_item__warehouse__code", "quantity"))
