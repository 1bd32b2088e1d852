"""What crosses the border of fulfilment: methods, the facts of a basket, and what is offered for it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class MethodKind(StrEnum):
    """What the price of a shipping method depends on."""

    FLAT = "flat"
    BY_WEIGHT = "by_weight"
    BY_PRICE = "by_price"
    BY_QUANTITY = "by_quantity"
    PICKUP = "pickup"


@dataclass(frozen=True, slots=True)
class Pickup:
    """A place where customers fetch what they bought; its position in millionths of a degree."""

    id: UUID
    name: str
    address: str
    opening_hours: str = ""
    latitude_microdegrees: int | None = None
    longitude_microdegrees: int | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """A shipping method as it is stored. Amounts in minor units, weights in grams."""

    id: UUID
    name: str
    kind: MethodKind
    currency: str
    amount: int = 0
    tiers: tuple[tuple[int, int], ...] = ()
    """(from, amount): from this weight, value or number of pieces on, this amount."""
    free_from_amount: int | None = None
    min_weight_grams: int = 0
    max_weight_grams: int | None = None
    tax_class: str = ""
    """The code of a tax class; empty: the default one."""
    pickup_points: tuple[Pickup, ...] = ()


@dataclass(frozen=True, slots=True)
class BasketFacts:
    """What the price of shipping depends on: of the lines that are shipped, and no others."""

    currency: str
    value: int
    """After discounts, in minor units."""
    weight_grams: int
    quantity: int


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """A method that is offered for a basket, with its price."""

    id: UUID
    name: str
    amount: int
    currency: str
    tax_class: str = ""
    kind: MethodKind = MethodKind.FLAT
    pickup_points: tuple[Pickup, ...] = ()
