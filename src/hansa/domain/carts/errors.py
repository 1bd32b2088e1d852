"""What can be wrong with carts."""

from hansa.kernel.errors import Conflict, Invalid, NotFound


class CartNotFound(NotFound):
    """There is no such cart, or the token does not open it."""

    code = "cart_not_found"


class LineNotFound(NotFound):
    """The cart has no such line."""

    code = "line_not_found"


class VariantNotFound(NotFound):
    """There is no such variant, or it is not for sale."""

    code = "variant_not_found"


class CartClosed(Conflict):
    """The cart has been ordered, merged or forgotten, and cannot be changed any more."""

    code = "cart_closed"


class CartChanged(Conflict):
    """The cart is not the one that the buyer has seen."""

    code = "cart_changed"


class InvalidCart(Invalid):
    """Something that was to be put into the cart makes no sense."""

    code = "invalid_cart"


class TooManyLines(Invalid):
    """The cart is full."""

    code = "too_many_lines"


class ProductNotForSale(NotFound):
    """There is no such product, or it is not for sale."""

    code = "product_not_found"


class TooManyWishes(Invalid):
    """The wishlist is full."""

    code = "too_many_wishes"
