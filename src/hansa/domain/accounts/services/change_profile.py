"""Change what a customer says of themselves."""

from datetime import datetime
from uuid import UUID

from hansa.domain.accounts.errors import InvalidCustomer
from hansa.domain.accounts.models import Customer, User
from hansa.domain.accounts.types import ProfileChanges
from hansa.kernel.errors import FieldError
from hansa.kernel.transactions import transaction

_LIMITS = {"name": 200, "phone": 40}


def change_profile(*, customer_id: UUID, changes: ProfileChanges, now: datetime) -> Customer:
    """Return the customer with these changes; the account bears the same name. Raises InvalidCustomer."""
    given = {"name": changes.name, "phone": changes.phone}
    wanted = {name: " ".join(text.split()) for name, text in given.items() if text is not None}
    errors = tuple(
        FieldError(name, "too_long", f"Use at most {_LIMITS[name]} characters.")
        for name, text in wanted.items()
        if len(text) > _LIMITS[name]
    )
    if errors:
        message = "Something is too long: see `errors`."
        raise InvalidCustomer(message, errors=errors)
    with transaction():
        customer = Customer.objects.select_related("group").select_for_update(of=("self",)).get(pk=customer_id)
        for name, text in wanted.items():
            setattr(customer, name, text)
        customer.save()
        if "name" in wanted and customer.user_id:
            User.objects.filter(pk=customer.user_id).update(name=customer.name, updated_at=now)
    return customer
