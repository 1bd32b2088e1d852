"""Tables of staff: roles, who has them, invitations, API keys, and what somebody is limited to."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from guardian.models import UserObjectPermissionAbstract

from hansa.domain.accounts.models import User
from hansa.domain.staff.types import OWNER
from hansa.kernel.models import TenantForeignKey, TenantOwned, TimestampedModel

MAX_CAPABILITIES = 200


class Role(TenantOwned, TimestampedModel):
    """A set of capabilities that the merchant put together."""

    name = models.CharField(max_length=100)
    code = models.SlugField(max_length=50, editable=False)
    capabilities = ArrayField(models.CharField(max_length=50), default=list, blank=True, size=MAX_CAPABILITIES)

    class Meta:
        ordering: ClassVar = ("name",)
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "name"], name="staff_role_name"),
            models.UniqueConstraint(fields=["tenant_id", "code"], name="staff_role_code"),
        )

    def __str__(self) -> str:
        """Say which role."""
        return self.name

    @property
    def is_owner(self) -> bool:
        """Tell whether this is the role that may do everything."""
        return self.code == OWNER


class Assignment(TenantOwned):
    """Somebody has a role."""

    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="assignments")
    role = TenantForeignKey(Role, on_delete=models.PROTECT, related_name="assignments")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["tenant_id", "user", "role"], name="staff_assignment_once"),)
        indexes = (models.Index(fields=["tenant_id", "role"], name="staff_assignment_by_role"),)

    def __str__(self) -> str:
        """Say who is what."""
        return f"{self.user_id}: {self.role_id}"


class Invitation(TenantOwned, TimestampedModel):
    """An e-mail address that may become staff; the link in the e-mail is the proof of owning it."""

    email = models.EmailField()
    roles: "models.ManyToManyField[Role, InvitationRole]" = models.ManyToManyField(
        Role, through="InvitationRole", related_name="invitations"
    )
    invited_by = TenantForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    expires_at = models.DateTimeField(editable=False)
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="staff_invitation_one_open",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="staff_invitation_email_small"),
        )

    def __str__(self) -> str:
        """Say who is invited."""
        return self.email


class InvitationRole(TenantOwned):
    """A role that the invitation brings."""

    invitation = TenantForeignKey(Invitation, on_delete=models.CASCADE)
    role = TenantForeignKey(Role, on_delete=models.PROTECT)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "invitation", "role"], name="staff_invitationrole_once"),
        )
        indexes = (models.Index(fields=["tenant_id", "role"], name="staff_invitationrole_by_role"),)

    def __str__(self) -> str:
        """Say which role."""
        return str(self.role_id)


class ApiKey(TenantOwned, TimestampedModel):
    """A key of an integration. The secret is shown once and kept only as a hash.

    A key can never do more than its maker may do at that moment: its scopes are what it was given,
    less what the maker has lost since.
    """

    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=24, editable=False)
    """The public beginning of the key, by which it is found and by which people tell keys apart."""
    secret_hash = models.BinaryField(editable=False)
    """SHA-256 of the whole key; it has 256 random bits, so nothing slower is needed."""
    scopes = ArrayField(models.CharField(max_length=50), size=MAX_CAPABILITIES)
    made_by = TenantForeignKey(User, on_delete=models.CASCADE, related_name="api_keys", editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    replaced_by = TenantForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = "API key"
        ordering: ClassVar = ("-created_at",)
        constraints = (models.UniqueConstraint(fields=["tenant_id", "prefix"], name="staff_apikey_prefix"),)
        indexes = (models.Index(fields=["tenant_id", "made_by"], name="staff_apikey_by_maker"),)

    def __str__(self) -> str:
        """Say which key."""
        return self.name


class SupportGrant(TenantOwned, TimestampedModel):
    """Somebody of the platform may look into this shop, for a while and for a reason."""

    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="support_grants", editable=False)
    capabilities = ArrayField(models.CharField(max_length=50), size=MAX_CAPABILITIES, editable=False)
    reason = models.CharField(max_length=500, editable=False)
    expires_at = models.DateTimeField(editable=False)
    used_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When its link was opened; the link works once."""
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ("-created_at",)
        indexes = (models.Index(fields=["tenant_id", "user", "expires_at"], name="staff_supportgrant_by_user"),)

    def __str__(self) -> str:
        """Say why."""
        return self.reason


class ObjectPermission(TenantOwned, UserObjectPermissionAbstract):
    """django-guardian's row of a permission on one object, inside the wall.

    `view_warehouse` on a warehouse limits a person's stock to it and the others they have;
    `view_category` on a category limits their products to that shelf and those below.
    """

    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="object_permissions")

    class Meta:
        unique_together = ()
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "user", "permission", "object_pk"], name="staff_objectpermission_once"
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "permission", "object_pk"], name="staff_objectpermission_by"),)

    def __str__(self) -> str:
        """Say on what."""
        return f"{self.user_id}: {self.permission_id} {self.object_pk}"
