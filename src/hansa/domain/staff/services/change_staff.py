"""Change what a staff member may do, and where; suspend them and bring them back."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Model
from guardian.shortcuts import assign_perm

from hansa.domain.accounts.models import User
from hansa.domain.staff.errors import InvalidStaff, MoreThanYouHave
from hansa.domain.staff.models import Assignment, ObjectPermission
from hansa.domain.staff.services.roles import check_owner_left, get_roles, get_staff, is_owner
from hansa.domain.staff.types import Authority
from hansa.kernel.transactions import transaction

LIMITABLE = {"inventory.view_warehouse", "catalog.view_category"}
"""The permissions on single objects that narrow what somebody may do."""


def assign_roles(*, user_id: UUID, role_ids: Collection[UUID], by: Authority) -> None:
    """Give a staff member these roles and no others; it counts from their next request on.

    Raises StaffNotFound, InvalidStaff, MoreThanYouHave, LastOwner. Locks the person, and the owner's role
    when an owner would stop being one.
    """
    with transaction():
        person = get_staff(user_id, by=by)
        roles = get_roles(role_ids, by=by)
        if is_owner(person.pk) and not any(role.is_owner for role in roles):
            check_owner_left(without=person.pk)
        kept = Assignment.objects.filter(user=person)
        kept.exclude(role__in=roles).delete()
        for role in roles:
            Assignment.objects.get_or_create(user=person, role=role)


def limit_staff(*, user_id: UUID, permission: str, objects: Collection[Model], by: Authority) -> None:
    """Limit a staff member to these objects (warehouses, categories); an empty list takes the limit away.

    `permission` is one of LIMITABLE, the objects are rows of its model. Raises StaffNotFound,
    InvalidStaff, MoreThanYouHave.
    """
    if permission not in LIMITABLE:
        message = f"Nobody can be limited by {permission!r}."
        raise InvalidStaff(message)
    with transaction():
        person = get_staff(user_id, by=by)
        if is_owner(person.pk) and objects:
            message = "An owner may do everything everywhere. Take the owner's role away first."
            raise InvalidStaff(message)
        app, _, codename = permission.partition(".")
        before = ObjectPermission.objects.filter(
            user=person, permission__codename=codename, permission__content_type__app_label=app
        )
        before.exclude(object_pk__in=[str(one.pk) for one in objects]).delete()
        for one in objects:
            assign_perm(codename, person, one)


def suspend_staff(*, user_id: UUID, by: Authority) -> User:
    """Take a staff member's access away, at once: each request asks whether they are active.

    Their API keys stop with them. Raises StaffNotFound, MoreThanYouHave (also for oneself), LastOwner.
    """
    with transaction():
        person = get_staff(user_id, by=by)
        if person.pk == by.user_id:
            message = "You cannot suspend yourself. Ask somebody else who may."
            raise MoreThanYouHave(message)
        if is_owner(person.pk):
            check_owner_left(without=person.pk)
        person.is_active = False
        person.save(update_fields=["is_active", "updated_at"])
        return person


def restore_staff(*, user_id: UUID, by: Authority) -> User:
    """Give a suspended staff member their access back. Raises StaffNotFound, MoreThanYouHave."""
    with transaction():
        person = get_staff(user_id, by=by)
        person.is_active = True
        person.save(update_fields=["is_active", "updated_at"])
        return person
