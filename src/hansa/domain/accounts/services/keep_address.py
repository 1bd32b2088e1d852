"""Keep an address in a customer's address book, new or changed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from hansa.domain.accounts.address import read_address
from hansa.domain.accounts.errors import AddressNotFound, TooManyAddresses
from hansa.domain.accounts.models import Customer, CustomerAddress
from hansa.kernel.transactions import transaction

MAX_ADDRESSES = 50


def keep_address(
    *, customer_id: UUID, parts: Mapping[str, Any], is_default: bool, address_id: UUID | None = None
) -> CustomerAddress:
    """Return the address as it is kept; the first one is the default, and one always is.

    `parts` replace what was there, except those that are missing. Raises InvalidAddress with the errors
    by field, AddressNotFound, TooManyAddresses. Locks the customer.
    """
    with transaction():
        Customer.objects.select_for_update().get(pk=customer_id)
        book = CustomerAddress.objects.filter(customer_id=customer_id)
        address = book.filter(pk=address_id).first() if address_id else CustomerAddress(customer_id=customer_id)
        if address is None:
            message = "Your address book has no such address."
            raise AddressNotFound(message)
        if address_id is None and book.count() >= MAX_ADDRESSES:
            message = f"An address book holds at most {MAX_ADDRESSES} addresses. Delete one first."
            raise TooManyAddresses(message)
        address.parts = read_address({**(address.parts or {}), **parts}, field="").as_dict()
        others = book.exclude(pk=address.pk)
        address.is_default = is_default or address.is_default or not others.exists()
        if address.is_default:
            others.update(is_default=False)
        address.save()
    return address
