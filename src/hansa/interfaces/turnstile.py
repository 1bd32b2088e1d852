"""The turnstile: logins, sign-ups and the like pass it a few at a time, and leave it on the beat.

Note [On the beat]: whether an address is known must not show in how long an answer takes. The same work is
done for both, as far as it goes; and the answers leave at multiples of ACCOUNT_BEAT_SECONDS after they
began, so that the rest does not show either.

Each such request takes a thread, a connection to the database, and soon the memory of a password's hash.
A hundred at once wait here, where waiting costs nothing but a coroutine.
"""

import asyncio
import math
import time
from weakref import WeakKeyDictionary

from django.conf import settings
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hansa.kernel.errors import Unavailable

MAX_WAITING = 1000
"""More than that wait in vain anyway."""
RETRY_AFTER_SECONDS = 60
"""allauth's limits are counted by the minute."""
_PLACES = ("/_allauth/", "/account/", "/admin/login/", "/admin/password_change/")
_LETTERS = ("/signup", "/password/request", "/code/request", "/signup/", "/password/reset/", "/login/code/")
"""Where a letter may be written: more is done for some than for others, so these take LONGER beats."""
LONGER = 5
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class TooManyWaiting(Unavailable):
    """More people want to log in than we can serve."""

    code = "too_many_waiting"


class Turnstile:
    """Lets ACCOUNT_REQUESTS_AT_ONCE requests of a process into `application`."""

    def __init__(self, application: ASGIApp) -> None:
        """Take the application behind the turnstile."""
        self.application = application
        self._waiting = 0
        self._slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request. Raises TooManyWaiting."""
        if scope["type"] == "http" and scope["method"] in _UNSAFE and scope["path"].startswith(_PLACES):
            await self._in_turn(scope, receive, send)
        else:
            await self.application(scope, receive, send)

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._waiting >= MAX_WAITING:
            message = "Too many people are logging in right now. Try again in a moment."
            raise TooManyWaiting(message)
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        self._waiting += 1
        try:
            async with self._turns():
                started = time.monotonic()
                await self.application(scope, receive, keep)
        finally:
            self._waiting -= 1
        beat = settings.ACCOUNT_BEAT_SECONDS * (LONGER if scope["path"].endswith(_LETTERS) else 1)
        await asyncio.sleep(until_the_beat(time.monotonic() - started, beat))
        for part in answer:
            await send(_with_retry_after(part))

    def _turns(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        return self._slots.setdefault(loop, asyncio.Semaphore(settings.ACCOUNT_REQUESTS_AT_ONCE))


def until_the_beat(passed: float, beat: float) -> float:
    """Return how many seconds are left; see Note [On the beat]."""
    return math.ceil(passed / beat) * beat - passed if beat else 0.0


def _with_retry_after(message: Message) -> Message:
    if message["type"] == "http.response.start" and message["status"] == 429:  # noqa: PLR2004  (too many requests)
        names = {bytes(name).lower() for name, _ in message["headers"]}
        if b"retry-after" not in names:
            retry = (b"retry-after", str(RETRY_AFTER_SECONDS).encode())
            return {**message, "headers": [*message["headers"], retry]}
    return message
