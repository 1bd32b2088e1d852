"""Staff, roles, invitations and API keys."""

from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hansa.domain.accounts.models import User
from hansa.domain.catalog.models import Category
from hansa.domain.inventory.models import Warehouse
from hansa.domain.staff.errors import InvalidStaff
from hansa.domain.staff.models import ApiKey, Invitation, Role
from hansa.domain.staff.services.api_keys import MadeKey, make_api_key, revoke_api_key, rotate_api_key
from hansa.domain.staff.services.change_staff import assign_roles, limit_staff, restore_staff, suspend_staff
from hansa.domain.staff.services.invite_staff import invite_staff, withdraw_invitation
from hansa.domain.staff.services.save_role import delete_role, save_role
from hansa.interfaces.management.access import Readable, Resource
from hansa.interfaces.management.filters import ApiKeyFilter, InvitationFilter, StaffFilter
from hansa.interfaces.management.serializers import staff as wire
from hansa.kernel import clock
from hansa.kernel.errors import FieldError


class StaffResource(Readable, Resource):
    """The people who work in the shop. Somebody new is invited: see `invitations`."""

    queryset = User.objects.filter(is_staff=True).prefetch_related("assignments__role")
    serializer_class = wire.StaffRead
    filterset_class = StaffFilter
    search_fields = ("email", "name")
    orderings = ("email", "-email", "created_at", "-created_at")
    capabilities: ClassVar = {"list": "staff.view", "retrieve": "staff.view", "partial_update": "staff.edit"}

    @extend_schema(request=wire.StaffBody, responses=wire.StaffRead)
    def partial_update(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Change roles and limits, suspend or restore. All of it, or nothing."""
        person = self.get_for_change()
        body = wire.StaffBody(data=request.data)
        body.is_valid(raise_exception=True)
        given, by = body.validated_data, self.authority
        if "role_ids" in given:
            assign_roles(user_id=person.pk, role_ids=given["role_ids"], by=by)
        for name, permission, model in (
            ("warehouse_ids", "inventory.view_warehouse", Warehouse),
            ("category_ids", "catalog.view_category", Category),
        ):
            if name in given:
                objects = _all(model, given[name], name)
                limit_staff(user_id=person.pk, permission=permission, objects=objects, by=by)
        if given.get("is_active") is False and person.is_active:
            suspend_staff(user_id=person.pk, by=by)
        if given.get("is_active") is True and not person.is_active:
            restore_staff(user_id=person.pk, by=by)
        return self.shown(self.get_object())


class RoleResource(Readable, Resource):
    """The shop's roles: sets of capabilities."""

    queryset = Role.objects.all()
    serializer_class = wire.RoleRead
    search_fields = ("name", "code")
    orderings = ("name", "-name", "created_at", "-created_at")
    capabilities: ClassVar = {
        "list": "staff.view",
        "retrieve": "staff.view",
        "create": "staff.edit",
        "update": "staff.edit",
        "destroy": "staff.edit",
    }

    @extend_schema(request=wire.RoleBody, responses={201: wire.RoleRead})
    def create(self, request: Request) -> Response:
        """Make a role."""
        return self.shown(self._save(request, None), 201)

    @extend_schema(request=wire.RoleBody, responses=wire.RoleRead)
    def update(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Change a role; it counts from everybody's next request on."""
        return self.shown(self._save(request, self.get_for_change()))

    def destroy(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Delete a role that nobody has."""
        delete_role(role_id=self.get_for_change().pk, by=self.authority)
        return Response(status=204)

    def _save(self, request: Request, role: Role | None) -> Role:
        body = wire.RoleBody(data=request.data)
        body.is_valid(raise_exception=True)
        return save_role(role_id=role.pk if role else None, by=self.authority, **body.validated_data)


class InvitationResource(Readable, Resource):
    """Who was asked to work here."""

    queryset = Invitation.objects.prefetch_related("roles")
    serializer_class = wire.InvitationRead
    filterset_class = InvitationFilter
    search_fields = ("email",)
    orderings = ("-created_at", "created_at", "email", "-email")
    capabilities: ClassVar = {
        "list": "staff.view",
        "retrieve": "staff.view",
        "create": "staff.edit",
        "destroy": "staff.edit",
    }

    @extend_schema(request=wire.InvitationBody, responses={201: wire.InvitationRead})
    def create(self, request: Request) -> Response:
        """Invite somebody by e-mail."""
        body = wire.InvitationBody(data=request.data)
        body.is_valid(raise_exception=True)
        return self.shown(invite_staff(by=self.authority, now=clock.now(), **body.validated_data), 201)

    def destroy(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Withdraw an invitation: its link opens nothing any more."""
        withdraw_invitation(invitation_id=self.get_for_change().pk, by=self.authority, now=clock.now())
        return Response(status=204)


class ApiKeyResource(Readable, Resource):
    """The keys of integrations. A key is made by a person; a secret is shown once."""

    queryset = ApiKey.objects.all()
    serializer_class = wire.ApiKeyRead
    filterset_class = ApiKeyFilter
    search_fields = ("name", "prefix")
    orderings = ("-created_at", "created_at", "name", "-name")
    capabilities: ClassVar = {
        "list": "api_keys.view",
        "retrieve": "api_keys.view",
        "create": "api_keys.edit",
        "rotate": "api_keys.edit",
        "revoke": "api_keys.edit",
    }

    @extend_schema(request=wire.ApiKeyBody, responses={201: wire.ApiKeyMade})
    def create(self, request: Request) -> Response:
        """Make a key. Its scopes are never wider than what its maker may do."""
        body = wire.ApiKeyBody(data=request.data)
        body.is_valid(raise_exception=True)
        return _made(make_api_key(by=self.authority, now=clock.now(), **body.validated_data))

    @extend_schema(request=wire.RotateBody, responses={201: wire.ApiKeyMade})
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Make the key's successor; the old key works on for the overlap."""
        key = self.get_for_change()
        body = wire.RotateBody(data=request.data)
        body.is_valid(raise_exception=True)
        overlap = timedelta(seconds=body.validated_data["overlap_seconds"])
        return _made(rotate_api_key(key_id=key.pk, overlap=overlap, by=self.authority, now=clock.now()))

    @extend_schema(request=None, responses=wire.ApiKeyRead)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Make the key worthless from the next request on."""
        return self.shown(revoke_api_key(key_id=self.get_for_change().pk, by=self.authority, now=clock.now()))


def _made(made: MadeKey) -> Response:
    body = wire.ApiKeyMade({"api_key": made.row, "secret": made.secret}).data
    return Response(body, status=201, headers={"Cache-Control": "no-store"})


def _all(model: type[Model], ids: list[Any], field: str) -> QuerySet[Any]:
    """Return the rows with these ids. Raises InvalidStaff when one of them is not this shop's."""
    found: QuerySet[Any] = model._default_manager.filter(pk__in=ids)
    if found.count() != len(set(ids)):
        message = "One of these is not in this shop."
        raise InvalidStaff(message, errors=(FieldError(field, "unknown", message),))
    return found
