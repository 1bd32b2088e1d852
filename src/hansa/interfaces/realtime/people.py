"""Who listens: the back office's session of the browser that opened the socket, asked again and again."""

from http.cookies import CookieError, SimpleCookie

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from starlette.types import Scope

from hansa.domain.accounts.models import User
from hansa.domain.accounts.session_keys import opened_by_digest
from hansa.domain.accounts.sessions import SessionStore
from hansa.domain.staff.errors import NotAllowed
from hansa.domain.staff.selectors import get_authority
from hansa.domain.staff.types import Authority
from hansa.kernel.errors import Unauthenticated
from hansa.kernel.transactions import transaction


def session_key_of(scope: Scope) -> str:
    """Return the key of the session whose cookie the browser sent; empty: none."""
    said = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    try:
        found = SimpleCookie(said).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""


def admit(session_key: str, capability: str) -> Authority:
    """Return what the session's owner may do at this moment. Raises Unauthenticated, NotAllowed.

    In a thread, with the shop entered and outside a transaction.
    """
    request = HttpRequest()
    request.session = SessionStore(opened_by_digest(session_key) if session_key else None)
    with transaction():
        user = get_user(request)
        if not isinstance(user, User) or not user.is_active:
            message = "Log in to the back office first."
            raise Unauthenticated(message)
        authority = get_authority(user.pk)
    if not user.is_staff or not authority.may(capability):
        message = "None of your roles allows that."
        raise NotAllowed(message)
    return authority
