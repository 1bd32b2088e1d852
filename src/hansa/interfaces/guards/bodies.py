"""How large a body may be, and how slowly it may come."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from django.conf import settings
from starlette.types import Message, Receive, Scope

from hansa.kernel.errors import DomainError, TooLarge, TooSlow

MAX_BODY_BYTES = 1_000_000
MAX_UPLOAD_BYTES = 25_000_000
BODY_SECONDS = 15.0
UPLOAD_SECONDS = 120.0
"""25 MB at 1.7 Mbit/s."""

IMPORT_SECONDS = 900.0
_OF_FORM_BYTES = 64_000
"""What a form has beside its file."""

_UPLOADS = ("/admin/",)
"""Where people send files."""
_IMPORTS = ("/admin/imports/importrun/add/", "/manage/v1/imports")
"""Where whoever brings a key or a cookie sends files of products, which are large."""


class BodyTooLarge(TooLarge):
    """The request's body is larger than we take."""

    code = "body_too_large"


class BodyTooSlow(TooSlow):
    """The request's body did not arrive in time."""

    code = "body_too_slow"


class Body:
    """One request's body on its way in. When all of it is there, `arrived` is awaited: only then does work begin.

    Frameworks turn what is raised while they read a body into an answer of their own, so the refusal is kept here too.
    """

    def __init__(self, scope: Scope, headers: Mapping[bytes, bytes], arrived: Callable[[], Awaitable[None]]) -> None:
        """Take the request. Raises BodyTooLarge when it says how large it is, and is."""
        self._limit, self._seconds = _limits_of(scope["path"], headers)
        self._deadline: float | None = None
        self._taken = 0
        self._arrived = arrived
        self._is_complete = False
        self.refusal: DomainError | None = None
        declared = headers.get(b"content-length", b"0")
        self.is_empty = declared == b"0" and b"transfer-encoding" not in headers
        if declared.isdigit() and int(declared) > self._limit:
            raise self._too_large()

    def wrapped(self, receive: Receive) -> Receive:
        """Return the way to read it. What comes after the body, the client's hanging up, is not waited for in haste."""

        async def receive_limited() -> Message:
            if self._is_complete or self.is_empty:
                return await receive()
            try:
                event = await self._next(receive)
                if event["type"] != "http.request" or not event.get("more_body", False):
                    self._is_complete = True
                    await self._arrived()
            except DomainError as error:
                self.refusal = error
                raise
            return event

        return receive_limited

    async def _next(self, receive: Receive) -> Message:
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(self._deadline):
                event = await receive()
        except TimeoutError:
            message = f"The body did not arrive within {self._seconds:g} seconds. Send it again, faster or in parts."
            raise BodyTooSlow(message) from None
        self._taken += len(event.get("body", b""))
        if self._taken > self._limit:
            raise self._too_large()
        return event

    def _too_large(self) -> BodyTooLarge:
        return BodyTooLarge(f"The body is larger than {self._limit:,} bytes. Send less at once.")


def _limits_of(path: str, headers: Mapping[bytes, bytes]) -> tuple[int, float]:
    """Return how many bytes may come, and within how many seconds."""
    if path in _IMPORTS and (b"authorization" in headers or b"cookie" in headers):
        return settings.MAX_IMPORT_BYTES + _OF_FORM_BYTES, IMPORT_SECONDS
    if path.startswith(_UPLOADS):
        return MAX_UPLOAD_BYTES, UPLOAD_SECONDS
    return MAX_BODY_BYTES, BODY_SECONDS
