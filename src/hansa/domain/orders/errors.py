"""What can be wrong with orders."""

from hansa.kernel.errors import Conflict, NotFound


class OrderNotFound(NotFound):
    """There is no such order, or the token does not open it."""

    code = "order_not_found"


class IllegalTransition(Conflict):
    """The order cannot go there from where it is."""

    code = "illegal_transition"
