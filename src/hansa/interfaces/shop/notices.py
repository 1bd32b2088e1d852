"""Sentences for the next page: they travel in a signed cookie, because visitors have no session."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from hansa.kernel.tenancy import find_current_tenant

COOKIE = f"{settings.COOKIE_PREFIX}notice"
SECONDS = 300
MAX_SENTENCES = 6
MAX_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Notices:
    """What a page says at its top."""

    sentences: Sequence[str] = ()
    is_good: bool = False
    """Everything went as the visitor wanted: no alarm."""


def leave_notices(
    request: HttpRequest, response: HttpResponse, sentences: Sequence[str], *, is_good: bool = False
) -> None:
    """Let the next page say these sentences."""
    told = [sentence[:MAX_CHARACTERS] for sentence in sentences[:MAX_SENTENCES]]
    if told:
        response.set_cookie(
            COOKIE,
            signing.dumps([is_good, told], salt=_salt(), compress=True),
            max_age=SECONDS,
            secure=settings.SESSION_COOKIE_SECURE or request.is_secure(),
            httponly=True,
            samesite="Lax",
        )


def read_notices(request: HttpRequest) -> Notices:
    """Return what the page before has left to say; nothing when it is old or not ours."""
    cookie = request.COOKIES.get(COOKIE)
    if not cookie:
        return Notices()
    try:
        is_good, sentences = signing.loads(cookie, salt=_salt(), max_age=SECONDS)
    except signing.BadSignature:
        return Notices()
    return Notices(sentences, is_good)


def forget_notices(response: HttpResponse) -> None:
    """Say nothing of it again."""
    response.delete_cookie(COOKIE, samesite="Lax")


def _salt() -> str:
    tenant = find_current_tenant()
    return f"hansa.shop.notices:{tenant.id if tenant else ''}"
