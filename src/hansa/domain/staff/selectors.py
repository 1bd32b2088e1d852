"""Reads: who may do what, and by which key."""

import hmac
from datetime import datetime
from uuid import UUID

from hansa.domain.staff.errors import KeyRefused, StaffNotFound
from hansa.domain.staff.key_format import is_well_formed, prefix_of, secret_hash
from hansa.domain.staff.models import ApiKey, Invitation, Role, SupportGrant
from hansa.domain.staff.queries import AuthorityRow, find_authority_row
from hansa.domain.staff.types import ALL_CAPABILITIES, SHOP_WIDE, Authority, Limits
from hansa.kernel.transactions import reading, transaction


def get_authority(user_id: UUID) -> Authority:
    """Return what this person may do at this moment. Somebody who is no active staff may do nothing."""
    with reading():
        row = find_authority_row(user_id)
    if row is None:
        return Authority(user_id=user_id)
    capabilities = ALL_CAPABILITIES if row.is_owner else row.capabilities & ALL_CAPABILITIES
    limits = _limits(row)
    if limits != Limits():
        capabilities -= SHOP_WIDE
    return Authority(user_id=user_id, capabilities=capabilities, limits=limits)


def _limits(row: AuthorityRow) -> Limits:
    def those(codename: str) -> frozenset[UUID] | None:
        found = [entry.removeprefix(f"{codename}:") for entry in row.objects if entry.startswith(f"{codename}:")]
        return frozenset(map(UUID, found)) or None

    return Limits(warehouses=those("view_warehouse"), categories=those("view_category"))


def get_key_authority(key: str, *, now: datetime) -> tuple[ApiKey, Authority]:
    """Return the API key that a bearer showed, and what it may do. Raises KeyRefused.

    It may do what it was given, less what its maker has lost since; nothing when the maker is gone.
    """
    refusal = "This API key is not valid here: check it, or make another one in the back office."
    if not is_well_formed(key):
        raise KeyRefused(refusal)
    with transaction():
        found = ApiKey.objects.filter(prefix=prefix_of(key)).first()
        is_right = found is not None and hmac.compare_digest(bytes(found.secret_hash), secret_hash(key))
        if found is None or not is_right or found.revoked_at or (found.expires_at and found.expires_at <= now):
            raise KeyRefused(refusal)
        maker = get_authority(found.made_by_id)
    scopes = maker.capabilities & frozenset(found.scopes)
    return found, Authority(found.made_by_id, scopes, maker.limits, api_key_id=found.pk)


def get_role(role_id: UUID) -> Role:
    """Return the role. Raises StaffNotFound."""
    found = Role.objects.filter(pk=role_id).first()
    if found is None:
        message = "There is no such role in this shop."
        raise StaffNotFound(message)
    return found


def get_invitation(invitation_id: UUID) -> Invitation:
    """Return the invitation. Raises StaffNotFound."""
    found = Invitation.objects.filter(pk=invitation_id).select_related("invited_by").first()
    if found is None:
        message = "There is no such invitation. Ask for a new one."
        raise StaffNotFound(message)
    return found


def is_platform_account(user_id: UUID) -> bool:
    """Tell whether the account was made by a grant: somebody of the platform, not of the shop."""
    with transaction():
        return SupportGrant.objects.filter(user=user_id).exists()


def get_support_grant(grant_id: UUID) -> SupportGrant:
    """Return the grant. Raises StaffNotFound."""
    found = SupportGrant.objects.filter(pk=grant_id).select_related("user").first()
    if found is None:
        message = "There is no such grant."
        raise StaffNotFound(message)
    return found
