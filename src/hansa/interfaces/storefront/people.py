"""Who is logged in: by the session's cookie, or by the token of an app."""

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from fastapi import Request

from hansa.domain.accounts.selectors import find_person, get_person
from hansa.domain.accounts.types import Person
from hansa.kernel.errors import Forbidden

TOKEN_HEADER = "x-session-token"  # noqa: S105  (a header's name)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class CsrfFailed(Forbidden):
    """A browser sent the session's cookie, and nothing shows that one of our pages asked it to."""

    code = "csrf_failed"


def signed_in(request: Request) -> Person:
    """Return who asks. Raises NotLoggedIn, CsrfFailed. Call it on the endpoint's thread: it asks the database."""
    return get_person(_session_key(request))


def find_signed_in(request: Request) -> Person | None:
    """Return who asks, or None for a guest. Raises CsrfFailed for a session that is not asked for by a page of ours."""
    key = _session_key(request)
    return find_person(key) if key else None


def find_holder(request: Request) -> UUID | None:
    """Return the customer who is logged in, or None: of a request that holds a token of ours in a header as well.

    No other site's page can have sent that one, so the session's cookie counts without further proof. For carts,
    see Note [Whose cart].
    """
    key = request.headers.get(TOKEN_HEADER) or request.cookies.get(settings.SESSION_COOKIE_NAME, "")
    person = find_person(key) if key else None
    return person.customer_id if person else None


def _session_key(request: Request) -> str:
    """Return the session that the request names; a cookie counts only where a page of ours may have sent it."""
    token = request.headers.get(TOKEN_HEADER)
    if token is not None:
        return token
    key = request.cookies.get(settings.SESSION_COOKIE_NAME, "")
    if key and request.method not in _SAFE and not _is_from_our_page(request):
        message = "Send the CSRF token of the session in the header X-CSRFToken, or ask from the shop's own pages."
        raise CsrfFailed(message)
    return key


def _is_from_our_page(request: Request) -> bool:
    origin = request.headers.get("origin")
    if origin is not None:
        parts = urlsplit(origin)
        return (parts.scheme, parts.netloc) == (_scheme(request), request.headers.get("host", ""))
    return _has_csrf_token(request)


def _scheme(request: Request) -> str:
    proxy = settings.SECURE_PROXY_SSL_HEADER
    if proxy and request.headers.get("x-forwarded-proto") == proxy[1]:
        return "https"
    return request.url.scheme


def _has_csrf_token(request: Request) -> bool:
    """Let Django's own middleware compare the header with the cookie."""
    asked = HttpRequest()
    asked.method = "POST"
    asked.COOKIES = dict(request.cookies)
    asked.META = {"HTTP_X_CSRFTOKEN": request.headers.get("x-csrftoken", ""), "HTTP_HOST": request.headers["host"]}
    guard = CsrfViewMiddleware(lambda _: HttpResponse())
    guard.process_request(asked)
    return guard.process_view(asked, lambda _: HttpResponse(), (), {}) is None
