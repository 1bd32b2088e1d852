"""Reads: who belongs to this shop, and who buys in it."""

from hansa.domain.accounts.models import Customer, User
from hansa.kernel.transactions import transaction


def has_staff() -> bool:
    """Tell whether anybody can log in to the current tenant's back office."""
    with transaction():
        return User.objects.filter(is_staff=True, is_active=True).exists()


def find_customer(email: str) -> Customer | None:
    """Return the customer with this e-mail address, in any case, or None."""
    with transaction():
        return Customer.objects.filter(email=email.strip().lower()).first()
