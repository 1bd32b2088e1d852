"""The cookie by which an account knows a browser again: see Note [Devices that are known] in domain/accounts."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from hansa.domain.accounts.login_attempts import DEVICE_SECONDS, Attempt, begin_attempt, forget_attempts, make_device

COOKIE = f"{settings.COOKIE_PREFIX}device"


def begin_attempt_of(request: HttpRequest, email: str) -> Attempt:
    """Count one try to log in with a password. Raises TooManyLogins."""
    return begin_attempt(
        email=email, address=request.META.get("REMOTE_ADDR") or "", device=request.COOKIES.get(COOKIE, "")
    )


def forget_attempts_of(request: HttpRequest, email: str) -> None:
    """Forget the tries of somebody who has just proved by a letter's code to be the right one."""
    forget_attempts(email=email, address=request.META.get("REMOTE_ADDR") or "", device=request.COOKIES.get(COOKIE, ""))


def keep_device(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Let the account know this browser from now on: it has just logged in."""
    response.set_cookie(
        COOKIE,
        make_device(email),
        max_age=DEVICE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE or request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
