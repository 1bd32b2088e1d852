"""Arrive: what receiving and restocking have in common."""

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


def arrive(
    *,
    kind: StockMovement.Kind,
    quantities: Mapping[UUID, int],
    now: datetime,
    actor: str,
    warehouse_id: UUID | None,
    reason: str,
    reference: UUID | None,
) -> None:
    """Add the quantities to what is on hand, with lines of this kind in the ledger."""
    check_quantities(quantities.values())
    with transaction():
        items = open_stock_items(variant_ids=quantities.keys(), warehouse=get_warehouse(warehouse_id), now=now)
        moves = [
            Move(items[variant].pk, kind, on_hand_delta=quantity, reference=reference, reason=reason)
            for variant, quantity in quantities.items()
        ]
        write_moves(moves, items=items.values(), now=now, actor=actor)
