"""Reads: who belongs to this shop."""

from hansa.domain.accounts.models import User
from hansa.kernel.transactions import transaction


def has_staff() -> bool:
    """Tell whether anybody can log in to the current tenant's back office."""
    with transaction():
        return User.objects.filter(is_staff=True, is_active=True).exists()
