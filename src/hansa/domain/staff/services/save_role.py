"""Make, change and delete a role."""

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError
from django.db.models import ProtectedError
from django.utils.text import slugify

from hansa.domain.staff.errors import InvalidRole, RoleFixed, RoleInUse, RoleTaken
from hansa.domain.staff.models import Assignment, InvitationRole, Role
from hansa.domain.staff.selectors import get_role
from hansa.domain.staff.services.roles import check_not_limited, check_not_more, ensure_roles
from hansa.domain.staff.types import ALL_CAPABILITIES, PRESETS, Authority
from hansa.kernel.errors import FieldError
from hansa.kernel.ids import uuid7
from hansa.kernel.transactions import transaction

MAX_NAME = 100


def save_role(*, role_id: UUID | None, name: str, capabilities: Collection[str], by: Authority) -> Role:
    """Make a role, or change the one with this id; people who have it may do it, or no longer, at once.

    To see what can be changed one must be able to see it: `x.edit` brings `x.view`.
    Raises InvalidRole, RoleTaken, RoleFixed, StaffNotFound, and MoreThanYouHave when the role has, or would
    get, what `by` may not do.
    """
    name = " ".join(name.split())
    _check(name, capabilities)
    wanted = set(capabilities) | {f"{one.partition('.')[0]}.view" for one in capabilities}
    wanted &= ALL_CAPABILITIES
    try:
        with transaction():
            check_not_limited(by=by)
            ensure_roles()
            role = Role(code=_free_code(name)) if role_id is None else get_role(role_id)
            if role.is_owner:
                message = "The owner may do everything: this role cannot be changed."
                raise RoleFixed(message)
            check_not_more(wanted | set(role.capabilities), by=by)
            role.name, role.capabilities = name, sorted(wanted)
            role.save()
            return role
    except IntegrityError:
        message = f"There is a role {name!r} already. Choose another name."
        raise RoleTaken(message) from None


def delete_role(*, role_id: UUID, by: Authority) -> None:
    """Delete a role that nobody has. Raises StaffNotFound, RoleFixed, RoleInUse, MoreThanYouHave."""
    in_use = "People or invitations still have this role. Give them another one first."
    with transaction():
        role = get_role(role_id)
        if role.is_owner:
            message = "Every shop has an owner: this role cannot be deleted."
            raise RoleFixed(message)
        check_not_limited(by=by)
        check_not_more(role.capabilities, by=by)
        open_ones = {"invitation__accepted_at": None, "invitation__withdrawn_at": None}
        if Assignment.objects.filter(role=role).exists() or InvitationRole.objects.filter(role=role, **open_ones):
            raise RoleInUse(in_use)
        InvitationRole.objects.filter(role=role).delete()
        try:
            role.delete()
        except (IntegrityError, ProtectedError):
            raise RoleInUse(in_use) from None


def _check(name: str, capabilities: Collection[str]) -> None:
    errors = []
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        errors.append(FieldError("name", "invalid", f"Enter a name of 1 to {MAX_NAME} characters."))
    unknown = sorted(set(capabilities) - ALL_CAPABILITIES)
    if unknown:
        errors.append(FieldError("capabilities", "unknown", f"There is no {', '.join(unknown)[:200]}."))
    if errors:
        message = "The role cannot be saved like this: see `errors`."
        raise InvalidRole(message, errors=tuple(errors))


def _free_code(name: str) -> str:
    code = slugify(name)[:50].strip("-") or "role"
    is_presets = any(code == preset.code for preset in PRESETS)  # what presets get later is not for it
    taken = is_presets or Role.objects.filter(code=code).exists()
    return f"{code[:37]}-{uuid7().hex[-12:]}" if taken else code
