"""Staff, roles, invitations and API keys on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from hansa.domain.accounts.models import User
from hansa.domain.staff.models import ApiKey, Invitation, Role
from hansa.domain.staff.permissions import authority_of
from hansa.domain.staff.types import ALL_CAPABILITIES, CAPABILITIES
from hansa.interfaces.management.serializers.base import Body, Id, Moment, Text, Whole, YesNo

CAPABILITY_CHOICES = [(one, one) for one in sorted(CAPABILITIES)]


def _capability() -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=CAPABILITY_CHOICES)


class RoleRead(serializers.ModelSerializer[Role]):
    """A role."""

    is_owner = serializers.BooleanField(help_text="The role that may do everything; it cannot be changed.")
    capabilities = serializers.SerializerMethodField()

    class Meta:
        model = Role
        fields = ("id", "code", "name", "is_owner", "capabilities", "created_at", "updated_at")

    @extend_schema_field(serializers.ListField(child=_capability()))
    def get_capabilities(self, role: Role) -> list[str]:
        """Return what it allows."""
        return sorted(ALL_CAPABILITIES if role.is_owner else role.capabilities)


class RoleBody(Body):
    """A role as a client writes it."""

    name = Text(max_length=100)
    capabilities = serializers.ListField(child=_capability(), max_length=len(CAPABILITIES))


class RoleName(serializers.ModelSerializer[Role]):
    """A role, in short."""

    class Meta:
        model = Role
        fields = ("id", "code", "name")


class StaffRead(serializers.ModelSerializer[User]):
    """A staff member."""

    roles = serializers.SerializerMethodField()
    warehouse_ids = serializers.SerializerMethodField(help_text="Limited to these; null: everywhere.")
    category_ids = serializers.SerializerMethodField(help_text="Limited to these; null: everywhere.")

    class Meta:
        model = User
        fields = (
            *("id", "email", "name", "is_active", "roles", "warehouse_ids", "category_ids"),
            *("last_login", "created_at", "updated_at"),
        )

    @extend_schema_field(RoleName(many=True))
    def get_roles(self, person: Any) -> Any:  # noqa: ANN401  (a user with assignments)
        """Return their roles."""
        roles = sorted((one.role for one in person.assignments.all()), key=lambda role: role.name)
        return RoleName(roles, many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField(), allow_null=True))
    def get_warehouse_ids(self, person: User) -> list[str] | None:
        """Return where they work."""
        return _ids(authority_of(person).limits.warehouses)

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField(), allow_null=True))
    def get_category_ids(self, person: User) -> list[str] | None:
        """Return on which shelves they work."""
        return _ids(authority_of(person).limits.categories)


class StaffBody(Body):
    """What can be changed of a staff member; what is left out stays."""

    role_ids = serializers.ListField(child=Id(), min_length=1, max_length=50, required=False)
    warehouse_ids = serializers.ListField(child=Id(), max_length=200, required=False)
    category_ids = serializers.ListField(child=Id(), max_length=200, required=False)
    is_active = YesNo(required=False)


class InvitationRead(serializers.ModelSerializer[Invitation]):
    """An invitation; its link is in the e-mail and nowhere else."""

    roles = RoleName(many=True)

    class Meta:
        model = Invitation
        fields = ("id", "email", "roles", "expires_at", "accepted_at", "withdrawn_at", "created_at")


class InvitationBody(Body):
    """Whom to invite, and as what."""

    email = serializers.EmailField(max_length=254)
    role_ids = serializers.ListField(child=Id(), min_length=1, max_length=50)


class ApiKeyRead(serializers.ModelSerializer[ApiKey]):
    """An API key without its secret."""

    scopes = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = ApiKey
        fields = (
            *("id", "name", "prefix", "scopes", "made_by_id", "created_at", "expires_at", "last_used_at"),
            *("revoked_at", "replaced_by_id"),
        )


class ApiKeyMade(serializers.Serializer[Any]):
    """A new API key. `secret` is shown this once."""

    api_key = ApiKeyRead()
    secret = serializers.CharField()


class ApiKeyBody(Body):
    """What the key is for, and what it may do."""

    name = Text(max_length=100)
    scopes = serializers.ListField(child=_capability(), min_length=1, max_length=len(CAPABILITIES))
    expires_at = Moment(required=False, allow_null=True)


class RotateBody(Body):
    """How long the old key works on."""

    overlap_seconds = Whole(min_value=0, max_value=604_800, default=86_400)


def _ids(ids: frozenset[Any] | None) -> list[str] | None:
    return None if ids is None else sorted(map(str, ids))
