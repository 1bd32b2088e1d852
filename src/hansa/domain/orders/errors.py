"""What can be wrong with orders."""

from hansa.kernel.errors import NotFound


class OrderNotFound(NotFound):
    """There is no such order, or the token does not open it."""

    code = "order_not_found"
