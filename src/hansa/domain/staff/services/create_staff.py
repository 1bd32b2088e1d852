"""Let somebody into the back office from the command line."""

from hansa.domain.accounts.models import User
from hansa.domain.accounts.services.set_staff_password import set_staff_password
from hansa.domain.staff.errors import StaffNotFound
from hansa.domain.staff.models import Assignment, Role
from hansa.domain.staff.services.roles import ensure_roles
from hansa.domain.staff.types import OWNER
from hansa.kernel.transactions import transaction


def create_staff(*, email: str, password: str, name: str = "", role: str | None = None) -> User:
    """Make a staff member of the current tenant with this password and role.

    Somebody who is there already gets the password and their access back, and keeps their roles unless
    one is named. A newcomer without one becomes an owner. Raises StaffNotFound for an unknown role's code.
    """
    with transaction():
        ensure_roles()
        user = set_staff_password(email=email, password=password, name=name)
        if role is None and Assignment.objects.filter(user=user).exists():
            return user
        found = Role.objects.filter(code=role or OWNER).first()
        if found is None:
            codes = ", ".join(Role.objects.order_by("code").values_list("code", flat=True))
            message = f"There is no role {role!r} in this shop. Choose one of: {codes}."
            raise StaffNotFound(message)
        Assignment.objects.get_or_create(user=user, role=found)
        return user
