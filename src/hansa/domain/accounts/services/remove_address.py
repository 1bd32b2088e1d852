"""Take an address out of a customer's address book."""

from uuid import UUID

from hansa.domain.accounts.errors import AddressNotFound
from hansa.domain.accounts.models import Customer, CustomerAddress
from hansa.kernel.transactions import transaction


def remove_address(*, customer_id: UUID, address_id: UUID) -> None:
    """Delete the address; the newest of the others takes its place as the default. Raises AddressNotFound.

    Locks the customer.
    """
    with transaction():
        Customer.objects.select_for_update().get(pk=customer_id)
        book = CustomerAddress.objects.filter(customer_id=customer_id)
        address = book.filter(pk=address_id).first()
        if address is None:
            message = "Your address book has no such address."
            raise AddressNotFound(message)
        address.delete()
        heir = book.order_by("-id").first() if address.is_default else None
        if heir is not None:
            heir.is_default = True
            heir.save()
