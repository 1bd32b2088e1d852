"""What crosses the inventory's border."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A stock item whose counters are not what the ledger, or the live reservations, say."""

    stock_item_id: UUID
    variant_id: UUID
    sku: str
    warehouse: str
    on_hand: int
    on_hand_by_ledger: int
    reserved: int
    reserved_by_ledger: int
    reserved_by_reservations: int

    def __str__(self) -> str:
        """Say it for people."""
        return (
            f"{self.sku or self.variant_id} in {self.warehouse} (stock item {self.stock_item_id}):"
            f" on hand {self.on_hand}, by the ledger {self.on_hand_by_ledger};"
            f" reserved {self.reserved}, by the ledger {self.reserved_by_ledger},"
            f" by live reservations {self.reserved_by_reservations}"
        )


@dataclass(frozen=True, slots=True)
class FreeStock:
    """What is free of one variant, in active warehouses, in pieces."""

    is_bundle: bool
    free: int | None
    """None: nothing limits it. Below 0 where backorders wait."""
    backorder_limit: int | None
    """How many beyond the stock are sold where the variant sells when out of stock; None: any number."""
