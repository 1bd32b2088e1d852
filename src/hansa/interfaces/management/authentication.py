"""Who asks: an integration with an API key, or staff with the back office's session."""

from dataclasses import dataclass
from typing import Any

from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.request import Request

from hansa.domain.accounts.models import User
from hansa.domain.staff.permissions import authority_of
from hansa.domain.staff.selectors import get_key_authority
from hansa.domain.staff.services.api_keys import note_use
from hansa.domain.staff.types import Authority
from hansa.interfaces.acting import origin
from hansa.kernel import clock
from hansa.kernel.actors import Actor, set_actor_now


@dataclass(frozen=True, slots=True)
class KeyBearer:
    """An API key that was shown, and what it may do."""

    authority: Authority


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer hansa_sk_…` (RFC 6750)."""

    def authenticate(self, request: Request) -> tuple[User, KeyBearer] | None:
        """Return the key's maker and what the key may do, or None when there is no bearer. Raises KeyRefused."""
        scheme, _, credentials = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        now = clock.now()
        key, authority = get_key_authority(credentials.decode("latin-1").strip(), now=now)
        note_use(key=key, now=now)
        set_actor_now(Actor(kind="api_key", id=str(key.pk), label=key.name, **origin(request._request)))  # noqa: SLF001  (Django's own)
        return key.made_by, KeyBearer(authority)

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002  (DRF's signature)
        """Say how to log in: with it a refusal is 401."""
        return 'Bearer realm="management"'


class StaffSession(SessionAuthentication):
    """The back office's session; unsafe requests need Django's CSRF token."""


def authority(request: Request) -> Authority:
    """Return what the caller may do: the key's scopes, or the person's roles."""
    if isinstance(request.auth, KeyBearer):
        return request.auth.authority
    user: Any = request.user
    return authority_of(user)
