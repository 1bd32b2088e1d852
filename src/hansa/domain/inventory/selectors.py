"""Reads of the inventory."""

from collections.abc import Collection
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from hansa.domain.inventory.models import Reservation, StockMovement
from hansa.domain.inventory.queries import FREE, RECONCILE
from hansa.domain.inventory.types import Discrepancy, FreeStock
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def availability(variant_ids: Collection[UUID]) -> dict[UUID, int | None]:
    """Return how many pieces of each variant are free in active warehouses, never less than 0.

    None: nothing limits it, because its stock is not counted. Backorders are not in the number. A
    bundle has as many as its parts allow. Unknown variants are left out. One statement.
    """
    return {
        variant_id: None if stock.free is None else max(stock.free, 0)
        for variant_id, stock in list_free(variant_ids).items()
    }


@requires_transaction
def list_free(variant_ids: Collection[UUID]) -> dict[UUID, FreeStock]:
    """Return for each variant what is free: below 0 where backorders wait."""
    if not variant_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FREE, {"variants": list(variant_ids)})
        return {row[0]: FreeStock(*row[1:]) for row in cursor.fetchall()}


@requires_transaction
def reconcile() -> list[Discrepancy]:
    """Return every stock item whose counters differ from the ledger's sums or from the live reservations.

    One statement, so it sees one instant and may run at any time.
    """
    with connection.cursor() as cursor:
        cursor.execute(RECONCILE)
        return [Discrepancy(*row) for row in cursor.fetchall()]


def has_shipped(reference: UUID) -> bool:
    """Tell whether anything that was reserved for the reference has left the house."""
    return Reservation.objects.filter(reference=reference, shipped_quantity__gt=0).exists()


def list_outside(reference: UUID) -> dict[UUID, int]:
    """Return by variant how many pieces were shipped for the reference and have not come back."""
    shipped = Reservation.objects.filter(reference=reference, shipped_quantity__gt=0)
    outside = dict(shipped.values_list("stock_item__variant").annotate(pieces=Sum("shipped_quantity")).order_by())
    returned = StockMovement.objects.filter(
        reference=reference, kind=StockMovement.Kind.RETURN, stock_item__variant__in=list(outside)
    )
    for variant_id, pieces in returned.values_list("stock_item__variant").annotate(n=Sum("on_hand_delta")).order_by():
        outside[variant_id] -= pieces
    return outside
