"""What can go wrong in the inventory."""

from hansa.kernel.errors import Conflict, Invalid, NotFound


class InsufficientStock(Conflict):
    """Less is left than was asked for. The transaction that asked must be rolled back."""

    code = "insufficient_stock"


class StockReserved(Conflict):
    """What should be taken away is promised to orders."""

    code = "stock_reserved"


class NothingToShip(Conflict):
    """More should be shipped than is allocated for it."""

    code = "nothing_to_ship"


class WarehouseNotFound(NotFound):
    """No such warehouse."""

    code = "warehouse_not_found"


class WarehouseExists(Conflict):
    """There is a warehouse with this code already."""

    code = "warehouse_exists"


class VariantNotFound(NotFound):
    """No such variant, or its stock is not counted."""

    code = "variant_not_found"


class InvalidQuantity(Invalid):
    """The number makes no sense here."""

    code = "invalid_quantity"


class InvalidBundle(Invalid):
    """The bundle cannot be made of these parts."""

    code = "invalid_bundle"


class InvalidWarehouse(Invalid):
    """The warehouse cannot be as it was described."""

    code = "invalid_warehouse"
