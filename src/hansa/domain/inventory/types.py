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
