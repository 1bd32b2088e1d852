"""Let somebody of the platform look into a shop: for a reason, for a while, and with a record of it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from hansa.domain.accounts.models import User
from hansa.domain.events.services.record import record
from hansa.domain.staff.errors import AlreadyStaff, InvalidStaff, InvitationOver, StaffNotFound
from hansa.domain.staff.models import SupportGrant
from hansa.domain.staff.selectors import get_support_grant
from hansa.domain.staff.types import ALL_CAPABILITIES
from hansa.kernel.tokens import is_token
from hansa.kernel.transactions import transaction

MAX_GRANT = timedelta(hours=8)
TOKEN_KIND = "support"  # noqa: S105  (what the token opens)


def grant_support(
    *, email: str, reason: str, capabilities: Collection[str], lasts: timedelta, now: datetime
) -> SupportGrant:
    """Let `email` of the platform into the current shop for `lasts`, at most eight hours, with these capabilities.

    The shop's people see the grant and its reason, and can end it. Raises InvalidStaff, AlreadyStaff when
    the address has an account of its own here. Sends `staff.support_granted`.
    """
    email, reason = email.strip().lower(), " ".join(reason.split())
    try:
        validate_email(email)
    except ValidationError:
        message = f"'{email}' is not an e-mail address."
        raise InvalidStaff(message) from None
    wanted = set(capabilities)
    if not reason or not wanted or not wanted <= ALL_CAPABILITIES or not timedelta(0) < lasts <= MAX_GRANT:
        message = "A grant needs a reason, capabilities that exist, and at most eight hours."
        raise InvalidStaff(message)
    with transaction():
        user = User.objects.select_for_update().filter(email=email).first() or User(email=email, name="Support")
        if not user._state.adding and not SupportGrant.objects.filter(user=user).exists():  # noqa: SLF001  (Django's own)
            message = f"{email} has an account of its own in this shop. Use an address of the platform."
            raise AlreadyStaff(message)
        user.is_staff = user.is_active = True
        user.set_unusable_password()
        user.save()
        grant = SupportGrant.objects.create(
            user=user, capabilities=sorted(wanted), reason=reason[:500], expires_at=now + lasts
        )
        payload = {"email": email, "reason": grant.reason, "expires_at": grant.expires_at.isoformat()}
        record("staff.support_granted", aggregate_id=grant.pk, payload=payload, now=now)
        return grant


def open_support_grant(*, grant_id: UUID, token: str, now: datetime) -> User:
    """Return whom the grant's link lets in; it works once. Raises StaffNotFound, InvitationOver."""
    if not is_token(token, TOKEN_KIND, grant_id):
        message = "There is no such grant."
        raise StaffNotFound(message)
    with transaction():
        SupportGrant.objects.select_for_update().filter(pk=grant_id).first()
        grant = get_support_grant(grant_id)
        if grant.used_at or grant.ended_at or grant.expires_at <= now:
            message = "This grant was used, ended, or is over. Ask for a new one."
            raise InvitationOver(message)
        grant.used_at = now
        grant.save(update_fields=["used_at", "updated_at"])
        return grant.user


def end_support_grant(*, grant_id: UUID, now: datetime) -> None:
    """End a grant at once; ending twice is no error. Raises StaffNotFound."""
    with transaction():
        grant = get_support_grant(grant_id)
        SupportGrant.objects.filter(pk=grant.pk, ended_at=None).update(ended_at=now)
