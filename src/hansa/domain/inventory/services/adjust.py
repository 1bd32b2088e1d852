"""Adjust stock by hand: breakage, theft, a mistake."""

from datetime import datetime
from uuid import UUID

from hansa.domain.inventory.errors import InvalidQuantity
from hansa.domain.inventory.models import StockMovement
from hansa.domain.inventory.services.ledger import (
    Move,
    check_quantities,
    get_warehouse,
    open_stock_items,
    write_moves,
)
from hansa.kernel.transactions import transaction


def adjust(
    *, variant_id: UUID, delta: int, reason: str, now: datetime, actor: str, warehouse_id: UUID | None = None
) -> None:
    """Add `delta` pieces (below 0: take away) to what is on hand; None: in the default warehouse.

    Raises InvalidQuantity, also without a reason, StockReserved, VariantNotFound, WarehouseNotFound.
    Locks the stock item. Events, by the database: `stock.low`, `stock.sold_out`, `stock.available`.
    """
    check_quantities([abs(delta)])
    if not reason.strip():
        message = "Say why the stock is adjusted: the ledger keeps it."
        raise InvalidQuantity(message)
    with transaction():
        items = open_stock_items(variant_ids=[variant_id], warehouse=get_warehouse(warehouse_id), now=now)
        move = Move(items[variant_id].pk, StockMovement.Kind.ADJUST, on_hand_delta=delta, reason=reason)
        write_moves([move], items=items.values(), now=now, actor=actor)
