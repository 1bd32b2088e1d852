"""Receive goods into a warehouse."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hansa.domain.inventory.models import StockMovement
from hansa.domain.inventory.services.arrive import arrive


def receive(
    *,
    quantities: Mapping[UUID, int],
    now: datetime,
    actor: str,
    warehouse_id: UUID | None = None,
    reason: str = "",
    reference: UUID | None = None,
) -> None:
    """Add these quantities (pieces, 1 or more, by variant) to what is on hand; None: in the default warehouse.

    Raises InvalidQuantity, VariantNotFound, WarehouseNotFound. Locks the stock items in the order of
    their ids. Events, by the database: `stock.available`.
    """
    arrive(
        kind=StockMovement.Kind.RECEIVE,
        quantities=quantities,
        now=now,
        actor=actor,
        warehouse_id=warehouse_id,
        reason=reason,
        reference=reference,
    )
