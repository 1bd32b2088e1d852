"""What can go wrong with staff, roles and keys."""

from hansa.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated


class NotAllowed(Forbidden):
    """None of the person's roles allows it."""

    code = "not_allowed"


class MoreThanYouHave(Forbidden):
    """Somebody tried to give, or to touch, more than they may do themselves."""

    code = "more_than_you_have"


class InvalidRole(Invalid):
    """The role cannot be as it was described."""

    code = "invalid_role"


class RoleTaken(Conflict):
    """Another role has this name."""

    code = "role_taken"


class RoleInUse(Conflict):
    """People or open invitations still have the role."""

    code = "role_in_use"


class RoleFixed(Conflict):
    """The owner's role stays as it is."""

    code = "role_fixed"


class LastOwner(Conflict):
    """Without this person nobody could do everything in the shop."""

    code = "last_owner"


class InvalidStaff(Invalid):
    """The staff member, or the invitation, cannot be as it was described."""

    code = "invalid_staff"


class StaffNotFound(NotFound):
    """There is no such person, role, invitation or grant in this shop."""

    code = "staff_not_found"


class AlreadyStaff(Conflict):
    """The person works here already, or has an open invitation."""

    code = "already_staff"


class InvitationOver(Conflict):
    """The invitation was accepted, withdrawn, or is too old."""

    code = "invitation_over"


class InvalidKey(Invalid):
    """The API key cannot be made as it was described."""

    code = "invalid_api_key"


class KeyOver(Conflict):
    """The API key was revoked or has expired."""

    code = "api_key_over"


class KeyRefused(Unauthenticated):
    """The bearer is no API key of this shop that is still good."""

    code = "api_key_refused"
