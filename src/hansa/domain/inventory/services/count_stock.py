"""Count stock: what lies on the shelf is what the books must say."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hansa.domain.inventory.models import StockMovement
from hansa.domain.inventory.services.ledger import (
    Move,
    check_quantities,
    get_warehouse,
    open_stock_items,
    write_moves,
)
from hansa.kernel.transactions import transaction


def count_stock(
    *,
    counted: Mapping[UUID, int],
    now: datetime,
    actor: str,
    warehouse_id: UUID | None = None,
    reason: str = "",
) -> None:
    """Set what is on hand to what was counted (pieces by variant, reserved ones included).

    None: in the default warehouse. Raises InvalidQuantity, StockReserved, VariantNotFound,
    WarehouseNotFound. Locks the stock items in the order of their ids. Events, by the database:
    `stock.low`, `stock.sold_out`, `stock.available`.
    """
    check_quantities(counted.values(), least=0)
    with transaction():
        items = open_stock_items(variant_ids=counted.keys(), warehouse=get_warehouse(warehouse_id), now=now)
        moves = [
            Move(
                items[variant].pk,
                StockMovement.Kind.COUNT,
                on_hand_delta=quantity - items[variant].on_hand,
                reason=reason,
            )
            for variant, quantity in counted.items()
        ]
        write_moves(moves, items=items.values(), now=now, actor=actor)
