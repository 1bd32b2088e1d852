"""Who may do what: every action of every view needs the capability that the view names for it."""

from typing import Any

from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from hansa.domain.accounts.models import User
from hansa.domain.staff.types import CAPABILITIES
from hansa.interfaces.management.authentication import authority


class Capable(BasePermission):
    """Lets in who has the capability that the view names for the action; no name lets nobody in."""

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ANN401  (DRF's signature)
        """Ask the one table. Raises NotAuthenticated, PermissionDenied, MethodNotAllowed."""
        if not isinstance(request.user, User):
            raise NotAuthenticated("Send an API key as `Authorization: Bearer …`, or log in to the back office.")  # noqa: EM101, TRY003
        if view.action is None:
            raise MethodNotAllowed(str(request.method))
        capability = view.capabilities.get(view.action, "")
        if not authority(request).may(capability):
            told = f" It takes “{CAPABILITIES[capability]}” ({capability})." if capability in CAPABILITIES else ""
            raise PermissionDenied(f"You may not do this.{told}")  # noqa: EM102, TRY003
        return True
