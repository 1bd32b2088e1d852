"""What can go wrong with accounts and customers."""

from hansa.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated


class InvalidCustomer(Invalid):
    """The customer, or the group, cannot be as it was described."""

    code = "invalid_customer"


class CustomerTaken(Conflict):
    """Another customer has this e-mail address, or another group this name or code."""

    code = "customer_taken"


class AddressTaken(Conflict):
    """The e-mail address belongs to somebody else."""

    code = "address_taken"


class NotLoggedIn(Unauthenticated):
    """Nobody is logged in: there is no session, or it has ended."""

    code = "unauthenticated"


class ReauthenticationRequired(Forbidden):
    """It needs the password, or a second factor, once more."""

    code = "reauthentication_required"


class AddressNotFound(NotFound):
    """The address book has no such address."""

    code = "address_not_found"


class TooManyAddresses(Invalid):
    """The address book is full."""

    code = "too_many_addresses"


class StaffAccount(Conflict):
    """The account belongs to somebody who works for the shop."""

    code = "staff_account"


class InvalidProvider(Invalid):
    """The provider of logins cannot be as it was described."""

    code = "invalid_provider"
