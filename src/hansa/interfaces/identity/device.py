"""The cookie by which a browser is known to have logged in to an account before.

Wrong passwords are counted by address; ten a minute, and the address must wait. So that a stranger who
types wrong passwords cannot keep the owner out, a browser that has been in before is counted on its own
(OWASP, Slow Down Online Guessing Attacks with Device Cookies). Whoever is not known can still log in
with a code that is sent to the address.
"""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from hansa.kernel.tenancy import get_current_tenant

COOKIE = f"{settings.COOKIE_PREFIX}device"
SECONDS = 180 * 24 * 3600


def attempts_key(request: HttpRequest, email: str) -> str:
    """Return under which name wrong passwords for the address are counted: the device's, or everybody's."""
    device = _device(request, email)
    return f"{email}:{device}" if device else email


def know_device(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Let the browser be known to this account from now on."""
    device = _device(request, email) or get_random_string(22)
    response.set_cookie(
        COOKIE,
        signing.dumps([email.lower(), device], salt=_salt()),
        max_age=SECONDS,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )


def _device(request: HttpRequest, email: str) -> str:
    try:
        known, device = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(), max_age=SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(device) if known == email.lower() else ""


def _salt() -> str:
    return f"hansa.device:{get_current_tenant().id}"
