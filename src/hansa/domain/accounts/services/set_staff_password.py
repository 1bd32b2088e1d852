"""Let somebody into the back office, with a password."""

from hansa.domain.accounts.models import User
from hansa.kernel.transactions import transaction


def set_staff_password(*, email: str, password: str, name: str = "") -> User:
    """Make a staff member of the current tenant, or give the one there is this password and back their access."""
    email = email.strip().lower()
    with transaction():
        user = User.objects.filter(email=email).first() or User(email=email)
        user.name, user.is_staff, user.is_active = name or user.name, True, True
        user.set_password(password)
        user.save()
        return user
