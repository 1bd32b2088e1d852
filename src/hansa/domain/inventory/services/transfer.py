"""Transfer stock from one warehouse to another."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hansa.domain.inventory.errors import InvalidQuantity, StockReserved
from hansa.domain.inventory.models import StockItem, StockMovement
from hansa.domain.inventory.services.ledger import (
    Move,
    check_quantities,
    get_warehouse,
    lock_stock_items,
    open_stock_items,
    write_moves,
)
from hansa.kernel.ids import uuid7
from hansa.kernel.transactions import transaction


def transfer(
    *,
    quantities: Mapping[UUID, int],
    from_warehouse_id: UUID,
    to_warehouse_id: UUID,
    now: datetime,
    actor: str,
    reason: str = "",
) -> UUID:
    """Move free pieces (1 or more, by variant); returns the reference that both lines of the ledger carry.

    Reserved pieces stay. Raises InvalidQuantity, StockReserved when less is free, VariantNotFound,
    WarehouseNotFound. Locks all stock items of both sides in the order of their ids. Events, by the
    database: `stock.low`, `stock.sold_out`, `stock.available`.
    """
    check_quantities(quantities.values())
    if from_warehouse_id == to_warehouse_id:
        message = "Stock is transferred between two warehouses, and these are the same."
        raise InvalidQuantity(message)
    reference = uuid7()
    with transaction():
        source, target = get_warehouse(from_warehouse_id), get_warehouse(to_warehouse_id)
        # Both sides in one order, before either is asked for; what is made below nobody else can have locked.
        both = StockItem.objects.filter(variant__in=quantities, warehouse__in=(source.pk, target.pk))
        lock_stock_items(both.values_list("pk", flat=True))
        here = open_stock_items(variant_ids=quantities.keys(), warehouse=source, now=now)
        there = open_stock_items(variant_ids=quantities.keys(), warehouse=target, now=now)
        moves = []
        for variant, quantity in quantities.items():
            free = here[variant].on_hand - here[variant].reserved
            if free < quantity:
                message = f"Only {max(free, 0)} pieces are free in {source.name}, not {quantity}."
                raise StockReserved(message)
            kind = StockMovement.Kind.TRANSFER
            moves += [
                Move(here[variant].pk, kind, on_hand_delta=-quantity, reference=reference, reason=reason),
                Move(there[variant].pk, kind, on_hand_delta=quantity, reference=reference, reason=reason),
            ]
        write_moves(moves, items=[*here.values(), *there.values()], now=now, actor=actor)
    return reference
