"""Move stock: the counters and the ledger, always both, for the services that are not hot."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from hansa.domain.catalog.models import Variant
from hansa.domain.inventory.errors import InvalidQuantity, StockReserved, VariantNotFound, WarehouseNotFound
from hansa.domain.inventory.models import (
    UNLIMITED_BACKORDERS,
    StockChange,
    StockItem,
    StockMovement,
    Warehouse,
)
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import requires_transaction

MAX_QUANTITY = UNLIMITED_BACKORDERS
"""The most pieces that one movement moves."""


@dataclass(frozen=True, slots=True)
class Move:
    """What one line of the ledger does to one stock item, in pieces."""

    stock_item_id: UUID
    kind: StockMovement.Kind
    on_hand_delta: int = 0
    reserved_delta: int = 0
    reference: UUID | None = None
    reason: str = ""


@requires_transaction
def get_warehouse(warehouse_id: UUID | None) -> Warehouse:
    """Return the warehouse; None: the default one, which is made when there is none. Raises WarehouseNotFound."""
    if warehouse_id is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT inventory_default_warehouse(%s)", [get_current_tenant().id])
            (warehouse_id,) = cursor.fetchone()
    warehouse = Warehouse.objects.filter(pk=warehouse_id).first()
    if warehouse is None:
        message = f"There is no warehouse with the id {warehouse_id}."
        raise WarehouseNotFound(message)
    return warehouse


@requires_transaction
def open_stock_items(*, variant_ids: Collection[UUID], warehouse: Warehouse, now: datetime) -> dict[UUID, StockItem]:
    """Return the variants' stock items in this warehouse, by variant, locked; those that are missing are made.

    Raises VariantNotFound. Locks the stock items, in the order of their ids.
    """
    policies = dict(Variant.objects.filter(pk__in=variant_ids).values_list("pk", "sells_when_out_of_stock"))
    for variant_id in sorted(variant_ids):
        if variant_id not in policies:
            message = f"There is no variant with the id {variant_id}."
            raise VariantNotFound(message)
    present = set(
        StockItem.objects.filter(variant__in=variant_ids, warehouse=warehouse.pk).values_list("variant_id", flat=True)
    )
    limited = set(
        StockItem.objects.filter(variant__in=variant_ids, backorder_maximum__isnull=False).values_list(
            "variant_id", flat=True
        )
    )
    missing = [
        StockItem(
            variant_id=variant_id,
            warehouse=warehouse,
            backorder_limit=UNLIMITED_BACKORDERS if policies[variant_id] and variant_id not in limited else 0,
            # A merchant who has said how far it sells does not sell without limit from a new place.
            backorder_maximum=0 if variant_id in limited else None,
            changed_at=now,
        )
        for variant_id in sorted(policies)
        if variant_id not in present
    ]
    StockItem.objects.bulk_create(missing, ignore_conflicts=True)
    ids = StockItem.objects.filter(variant__in=variant_ids, warehouse=warehouse.pk).values_list("pk", flat=True)
    return {item.variant_id: item for item in lock_stock_items(list(ids))}


@requires_transaction
def lock_stock_items(stock_item_ids: Iterable[UUID]) -> list[StockItem]:
    """Lock these stock items until the transaction ends, in the order of their ids, and return them."""
    wanted = set(stock_item_ids)
    return list(StockItem.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))


@requires_transaction
def write_moves(moves: Sequence[Move], *, items: Iterable[StockItem], now: datetime, actor: str) -> None:
    """Move the counters of these locked stock items and write the ledger's lines. Raises StockReserved.

    Moves that move nothing are left out. The catalogue hears of it (StockChange).
    """
    moves = [move for move in moves if move.on_hand_delta or move.reserved_delta]
    by_id = {item.pk: item for item in items}
    changed = {move.stock_item_id: by_id[move.stock_item_id] for move in moves}
    for move in moves:
        item = changed[move.stock_item_id]
        item.on_hand += move.on_hand_delta
        item.reserved += move.reserved_delta
    for item in changed.values():
        item.changed_at = now
        if item.reserved > item.on_hand + item.backorder_limit:
            message = (
                f"Only {item.on_hand} pieces would be on hand, but {item.reserved} are promised to orders."
                " Cancel or ship some of these first."
            )
            raise StockReserved(message)
    # The backorder limit is not written: a BEFORE trigger may wind it down.
    StockItem.objects.bulk_update(changed.values(), ["on_hand", "reserved", "changed_at"], batch_size=500)
    StockMovement.objects.bulk_create(
        [
            StockMovement(
                stock_item_id=move.stock_item_id,
                kind=move.kind,
                on_hand_delta=move.on_hand_delta,
                reserved_delta=move.reserved_delta,
                reference=move.reference,
                actor=actor,
                reason=move.reason,
                created_at=now,
            )
            for move in moves
        ],
        batch_size=500,
    )
    StockChange.objects.bulk_create(
        [StockChange(stock_item=item, changed_at=now) for item in changed.values()], batch_size=500
    )


def check_quantities(quantities: Iterable[int], *, least: int = 1) -> None:
    """Raise InvalidQuantity unless each is a number of pieces that can be moved."""
    for quantity in quantities:
        if not least <= quantity <= MAX_QUANTITY:
            message = f"{quantity} is not a number of pieces from {least} to {MAX_QUANTITY:,}."
            raise InvalidQuantity(message)
