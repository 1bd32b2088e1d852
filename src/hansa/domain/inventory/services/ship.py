"""Ship what is allocated."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hansa.domain.catalog.models import Variant
from hansa.domain.inventory.errors import NothingToShip
from hansa.domain.inventory.models import BundleComponent, Reservation, StockItem, StockMovement
from hansa.domain.inventory.services.ledger import Move, check_quantities, lock_stock_items, write_moves
from hansa.kernel.transactions import transaction


def ship(*, reference: UUID, quantities: Mapping[UUID, int] | None, now: datetime, actor: str) -> None:
    """Take what leaves the house off the shelf: pieces by variant as they were ordered; None: all that is left.

    A bundle takes its parts as they are defined now. Variants whose stock is not counted, or that
    were deleted since, take nothing. Raises NothingToShip when more is asked for than is allocated
    and not shipped, InvalidQuantity. Locks the reference's reservations, then their stock items, each in
    the order of their ids.
    """
    if quantities is not None:
        check_quantities(quantities.values())
    with transaction():
        reservations = list(
            Reservation.objects.select_for_update(no_key=True)
            .filter(reference=reference, state=Reservation.State.ALLOCATED)
            .order_by("pk")
        )
        items = {item.pk: item for item in lock_stock_items(r.stock_item_id for r in reservations)}
        if quantities is None:
            parcel = [(r, r.quantity - r.shipped_quantity) for r in reservations]
        else:
            parcel = _pack(_parts(quantities), reservations, items)
        moves = []
        for reservation, quantity in parcel:
            reservation.shipped_quantity += quantity
            if reservation.shipped_quantity == reservation.quantity:
                reservation.state = Reservation.State.SHIPPED
            moves.append(
                Move(
                    reservation.stock_item_id,
                    StockMovement.Kind.SHIP,
                    on_hand_delta=-quantity,
                    reserved_delta=-quantity,
                    reference=reference,
                )
            )
        Reservation.objects.bulk_update([r for r, _ in parcel], ["shipped_quantity", "state"])
        write_moves(moves, items=items.values(), now=now, actor=actor)


def _parts(quantities: Mapping[UUID, int]) -> dict[UUID, int]:
    """Return what really leaves the shelf, by variant; what is not counted, or gone, is left out."""
    bundled: set[UUID] = set()
    parts: dict[UUID, int] = {}
    for component in BundleComponent.objects.filter(bundle__in=quantities):
        bundled.add(component.bundle_id)
        if component.component_id is not None:
            needed = quantities[component.bundle_id] * component.quantity
            parts[component.component_id] = parts.get(component.component_id, 0) + needed
    for variant_id, quantity in quantities.items():
        if variant_id not in bundled:
            parts[variant_id] = parts.get(variant_id, 0) + quantity
    counted = Variant.objects.filter(pk__in=parts, is_stock_tracked=True).values_list("pk", flat=True)
    return {variant_id: parts[variant_id] for variant_id in counted}


def _pack(
    parts: Mapping[UUID, int], reservations: list[Reservation], items: Mapping[UUID, StockItem]
) -> list[tuple[Reservation, int]]:
    parcel = []
    for variant_id, wanted in parts.items():
        missing = wanted
        for reservation in reservations:
            if missing and items[reservation.stock_item_id].variant_id == variant_id:
                taken = min(missing, reservation.quantity - reservation.shipped_quantity)
                parcel.append((reservation, taken))
                missing -= taken
        if missing:
            message = f"{wanted} pieces of {variant_id} should be shipped, but only {wanted - missing} are allocated."
            raise NothingToShip(message)
    return parcel
