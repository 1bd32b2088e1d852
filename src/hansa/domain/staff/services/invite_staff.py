"""Invite somebody by e-mail, and let them in."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError

from hansa.domain.accounts.models import User
from hansa.domain.events.services.record import record
from hansa.domain.staff.errors import AlreadyStaff, InvalidStaff, InvitationOver, StaffNotFound
from hansa.domain.staff.models import Assignment, Invitation, InvitationRole
from hansa.domain.staff.selectors import get_invitation
from hansa.domain.staff.services.roles import check_not_limited, ensure_roles, get_roles
from hansa.domain.staff.types import INVITATION_DAYS, Authority
from hansa.kernel.errors import FieldError
from hansa.kernel.tokens import is_token
from hansa.kernel.transactions import transaction

TOKEN_KIND = "invitation"  # noqa: S105  (what the token opens)


def invite_staff(*, email: str, role_ids: Collection[UUID], by: Authority, now: datetime) -> Invitation:
    """Invite an e-mail address; an event lets the invitation be sent. It holds for seven days.

    An open invitation to the same address that has expired is withdrawn. Raises InvalidStaff,
    AlreadyStaff, MoreThanYouHave. Sends `staff.invited`.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        message = "This is not an e-mail address."
        raise InvalidStaff(message, errors=(FieldError("email", "invalid", message),)) from None
    try:
        with transaction():
            check_not_limited(by=by)
            ensure_roles()
            roles = get_roles(role_ids, by=by)
            if User.objects.filter(email=email, is_staff=True).exists():
                message = f"{email} works here already."
                raise AlreadyStaff(message)
            open_ones = Invitation.objects.filter(email=email, accepted_at=None, withdrawn_at=None)
            open_ones.filter(expires_at__lte=now).update(withdrawn_at=now)
            expires_at = now + timedelta(days=INVITATION_DAYS)
            invitation = Invitation.objects.create(email=email, invited_by_id=_person(by), expires_at=expires_at)
            for role in roles:
                InvitationRole.objects.create(invitation=invitation, role=role)
            record("staff.invited", aggregate_id=invitation.pk, payload={}, now=now)
            return invitation
    except IntegrityError:
        message = f"{email} has an open invitation already. Withdraw it to send another one."
        raise AlreadyStaff(message) from None


def withdraw_invitation(*, invitation_id: UUID, by: Authority, now: datetime) -> None:
    """Make an invitation worthless. Raises StaffNotFound, InvitationOver, MoreThanYouHave."""
    with transaction():
        check_not_limited(by=by)
        invitation = _open(invitation_id, now)
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at", "updated_at"])


def find_open_invitation(*, invitation_id: UUID, token: str, now: datetime) -> Invitation:
    """Return the invitation that a link opens. Raises StaffNotFound, InvitationOver."""
    if not is_token(token, TOKEN_KIND, invitation_id):
        message = "This link is not complete. Open it from the e-mail once more."
        raise StaffNotFound(message)
    with transaction():
        return _open(invitation_id, now)


def accept_invitation(*, invitation_id: UUID, token: str, name: str, password: str, now: datetime) -> User:
    """Make whoever got the e-mail a staff member.

    Somebody who has an account in this shop already gives the password of that account; everybody else
    chooses one. The link works once. Raises StaffNotFound, InvitationOver, InvalidStaff.
    """
    find_open_invitation(invitation_id=invitation_id, token=token, now=now)
    with transaction():
        invitation = _open(invitation_id, now)
        user = User.objects.select_for_update().filter(email=invitation.email).first()
        if user is None:
            user = _newcomer(invitation.email, name, password)
        elif not user.is_active or not user.check_password(password):
            message = "You have an account in this shop already: enter its password."
            raise InvalidStaff(message, errors=(FieldError("password", "wrong", message),))
        user.is_staff = True
        user.save()
        for role in invitation.roles.all():
            Assignment.objects.get_or_create(user=user, role=role)
        invitation.accepted_at = now
        invitation.save(update_fields=["accepted_at", "updated_at"])
        return user


def _newcomer(email: str, name: str, password: str) -> User:
    user = User(email=email, name=" ".join(name.split())[:200])
    try:
        validate_password(password, user)
    except ValidationError as error:
        message = " ".join(error.messages)
        raise InvalidStaff(message, errors=(FieldError("password", "weak", message),)) from None
    user.set_password(password)
    return user


def _open(invitation_id: UUID, now: datetime) -> Invitation:
    locked = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    invitation = locked or get_invitation(invitation_id)
    if invitation.accepted_at or invitation.withdrawn_at or invitation.expires_at <= now:
        message = "This invitation was used, withdrawn, or is older than a week. Ask for a new one."
        raise InvitationOver(message)
    return invitation


def _person(by: Authority) -> UUID | None:
    return by.user_id if by.user_id.int else None
