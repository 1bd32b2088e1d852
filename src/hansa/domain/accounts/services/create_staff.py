"""Create a staff account."""

from hansa.domain.accounts.models import User
from hansa.kernel.transactions import transaction


def ensure_staff(*, email: str, password: str, name: str = "") -> User:
    """Create a staff member of the current tenant, or give the existing one this password."""
    email = email.strip().lower()
    with transaction():
        user = User.objects.filter(email=email).first() or User(email=email)
        user.name, user.is_staff, user.is_active = name, True, True
        user.set_password(password)
        user.save()
        return user
