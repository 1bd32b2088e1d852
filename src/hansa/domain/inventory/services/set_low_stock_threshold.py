"""Say when stock is low."""

from datetime import datetime
from uuid import UUID

from hansa.domain.inventory.services.ledger import check_quantities, get_warehouse, open_stock_items
from hansa.kernel.transactions import transaction


def set_low_stock_threshold(
    *, variant_id: UUID, threshold: int | None, now: datetime, warehouse_id: UUID | None = None
) -> None:
    """Tell `stock.low` when free stock falls to `threshold` pieces or below; None: never.

    Raises InvalidQuantity, VariantNotFound, WarehouseNotFound. Locks the stock item.
    """
    if threshold is not None:
        check_quantities([threshold], least=0)
    with transaction():
        items = open_stock_items(variant_ids=[variant_id], warehouse=get_warehouse(warehouse_id), now=now)
        item = items[variant_id]
        item.low_stock_threshold = threshold
        item.save(update_fields=["low_stock_threshold"])
