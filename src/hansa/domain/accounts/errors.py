"""What can go wrong with customers."""

from hansa.kernel.errors import Conflict, Invalid


class InvalidCustomer(Invalid):
    """The customer, or the group, cannot be as it was described."""

    code = "invalid_customer"


class CustomerTaken(Conflict):
    """Another customer has this e-mail address, or another group this name or code."""

    code = "customer_taken"
