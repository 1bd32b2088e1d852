"""Rules that all services of staff share. Inside a transaction of theirs."""

from collections.abc import Collection
from uuid import UUID

from hansa.domain.accounts.models import User
from hansa.domain.staff.errors import InvalidStaff, LastOwner, MoreThanYouHave, StaffNotFound
from hansa.domain.staff.models import Assignment, Role
from hansa.domain.staff.selectors import get_authority
from hansa.domain.staff.types import ALL_CAPABILITIES, OWNER, PRESETS, Authority, Limits
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def ensure_roles() -> None:
    """Give the shop its first roles; one that has some keeps what it has, but there is always an owner's."""
    known = set(Role.objects.values_list("code", flat=True))
    missing = PRESETS if not known else [preset for preset in PRESETS if preset.code == OWNER and OWNER not in known]
    Role.objects.bulk_create(
        [Role(name=one.name, code=one.code, capabilities=sorted(one.capabilities)) for one in missing],
        ignore_conflicts=True,
    )


@requires_transaction
def get_roles(role_ids: Collection[UUID], *, by: Authority) -> list[Role]:
    """Return the roles that `by` wants to give. Raises InvalidStaff, MoreThanYouHave."""
    roles = list(Role.objects.filter(pk__in=role_ids))
    if not roles or len(roles) != len(set(role_ids)):
        message = "Choose one or more of this shop's roles."
        raise InvalidStaff(message)
    for role in roles:
        check_not_more(ALL_CAPABILITIES if role.is_owner else role.capabilities, by=by)
    return roles


def check_not_more(capabilities: Collection[str], *, by: Authority) -> None:
    """Raise MoreThanYouHave when there is a capability that `by` has not: nobody gives what they do not have."""
    missing = sorted(set(capabilities) & ALL_CAPABILITIES - by.capabilities)
    if missing:
        message = f"You cannot give or change what you may not do yourself: {', '.join(missing)}."
        raise MoreThanYouHave(message)


def check_not_limited(*, by: Authority) -> None:
    """Raise MoreThanYouHave for somebody who is limited to some objects: others' access is everywhere."""
    if by.limits != Limits():
        message = "You are limited to a part of this shop, so you cannot change who works in it."
        raise MoreThanYouHave(message)


@requires_transaction
def get_staff(user_id: UUID, *, by: Authority) -> User:
    """Return the staff member that `by` wants to change, locked.

    Raises StaffNotFound, MoreThanYouHave when that person may do more than `by`.
    """
    person = User.objects.select_for_update().filter(pk=user_id, is_staff=True).first()
    if person is None:
        message = "There is no such staff member in this shop."
        raise StaffNotFound(message)
    check_not_limited(by=by)
    owned = Assignment.objects.filter(user=person).values_list("role__code", "role__capabilities")
    capabilities = {name for code, names in owned for name in (ALL_CAPABILITIES if code == OWNER else names)}
    check_not_more(capabilities or get_authority(person.pk).capabilities, by=by)
    return person


@requires_transaction
def check_owner_left(*, without: UUID) -> None:
    """Raise LastOwner when nobody but `without` is an active owner. Locks the owner's role, so two cannot leave."""
    owners_role = Role.objects.select_for_update().filter(code=OWNER).first()
    others = Assignment.objects.filter(role=owners_role, user__is_active=True, user__is_staff=True)
    if not others.exclude(user_id=without).exists():
        message = "This is the shop's last owner. Make somebody else an owner first."
        raise LastOwner(message)


def is_owner(user_id: UUID) -> bool:
    """Tell whether the person has the owner's role."""
    return Assignment.objects.filter(user_id=user_id, role__code=OWNER).exists()
