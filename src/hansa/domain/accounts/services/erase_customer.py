"""Forget a customer: their account is deleted, and what orders refer to has no name any more."""

from datetime import datetime
from uuid import UUID

from hansa.domain.accounts.errors import StaffAccount
from hansa.domain.accounts.models import Customer, CustomerAddress, User
from hansa.domain.accounts.services.delete_user import delete_user
from hansa.domain.accounts.types import nobodys_address
from hansa.domain.events.services.record import record
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def erase_customer(*, customer_id: UUID, user_id: UUID, now: datetime) -> None:
    """Delete the user with sessions and second factors, and the address book; make the customer anonymous.

    Raises StaffAccount. Sends `customer.erased`. Locks the user and the customer.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if user.is_staff:
        message = "You work for this shop. Have an owner take you off the staff first, then delete the account."
        raise StaffAccount(message)
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    CustomerAddress.objects.filter(customer=customer).delete()
    customer.user, customer.email = None, nobodys_address(customer.pk)
    customer.name = customer.phone = customer.tax_id = customer.language = ""
    customer.is_tax_exempt, customer.group, customer.erased_at = False, None, now
    customer.save()
    delete_user(user_id=user_id)
    record("customer.erased", aggregate_id=customer.pk, payload={}, now=now)
