"""Say how many pieces are sold before they are there."""

from datetime import datetime
from uuid import UUID

from hansa.domain.catalog.models import Variant
from hansa.domain.catalog.services.set_out_of_stock_policy import set_out_of_stock_policy
from hansa.domain.inventory.models import UNLIMITED_BACKORDERS, StockChange, StockItem
from hansa.domain.inventory.services.ledger import (
    check_quantities,
    get_warehouse,
    lock_stock_items,
    open_stock_items,
)
from hansa.kernel.transactions import transaction


def set_backorder_limit(*, variant_id: UUID, limit: int | None, now: datetime, warehouse_id: UUID | None = None) -> int:
    """Sell at most `limit` pieces beyond what is on hand in this warehouse (None: in the default one).

    `limit` None: without limit. A variant that did not sell when it is out of stock does from now on, if
    there is a limit above 0, and from this warehouse only. What was promised before stays promised: a lower
    limit takes no new orders until enough is delivered or given back. A file, or a form, that switches
    selling when out of stock off and on again leaves the number as it is.

    Returns how many pieces are promised beyond the new limit now (0: none).
    Raises InvalidQuantity, VariantNotFound, WarehouseNotFound. Locks the product, then the variant's stock items.
    Events, by the database: `stock.sold_out`, `stock.available`.
    """
    if limit is not None:
        check_quantities([limit], least=0)
    with transaction():
        warehouse = get_warehouse(warehouse_id)
        if limit != 0 and set_out_of_stock_policy(variant_id=variant_id, sells_when_out_of_stock=True, now=now):
            _keep_elsewhere(variant_id, warehouse.pk, now)
        item = open_stock_items(variant_ids=[variant_id], warehouse=warehouse, now=now)[variant_id]
        sells = Variant.objects.filter(pk=variant_id, sells_when_out_of_stock=True).exists()
        _agree(item, limit, sells=sells, now=now)
        return (
            max(0, item.reserved - item.on_hand - item.backorder_maximum) if item.backorder_maximum is not None else 0
        )


def _keep_elsewhere(variant_id: UUID, warehouse_id: UUID, now: datetime) -> None:
    """Let the other warehouses sell no more than before: nothing was said about them."""
    others = StockItem.objects.filter(variant=variant_id, backorder_maximum=None).exclude(warehouse=warehouse_id)
    for item in lock_stock_items(others.values_list("pk", flat=True)):
        _agree(item, 0, sells=True, now=now)


def _agree(item: StockItem, limit: int | None, *, sells: bool, now: datetime) -> None:
    agreed = (UNLIMITED_BACKORDERS if limit is None else limit) if sells else 0
    item.backorder_maximum = limit
    item.backorder_limit = max(agreed, item.reserved - item.on_hand)
    item.changed_at = now
    item.save(update_fields=["backorder_maximum", "backorder_limit", "changed_at"])
    StockChange.objects.create(stock_item=item, changed_at=now)
