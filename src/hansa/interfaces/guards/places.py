"""How many requests a web process works on at once, and how many of them may be one shop's.

More than a shop's share wait for their turn, in order; what the process cannot take at all is refused at once,
because a queue that only grows makes everybody wait for nothing.
"""

import asyncio
from collections import deque
from uuid import UUID

from django.conf import settings

from hansa.kernel.errors import Unavailable

WAIT_SECONDS = 5.0
MAX_WAITING = 256
"""Per shop."""


class Overloaded(Unavailable):
    """There is more to do than we can."""

    code = "overloaded"


class Places:
    """The places of one process. Belongs to one event loop."""

    def __init__(self) -> None:
        """Begin empty."""
        self._total = 0
        self._taken: dict[UUID, int] = {}
        self._waiting: dict[UUID, deque[asyncio.Future[None]]] = {}

    async def take(self, tenant_id: UUID) -> None:
        """Take a place for a request of this shop, or wait for one. Raises Overloaded."""
        if self._total >= settings.MAX_CONCURRENT_REQUESTS:
            raise _overloaded()
        taken = self._taken.get(tenant_id, 0)
        if taken < settings.MAX_CONCURRENT_REQUESTS_PER_TENANT:
            self._taken[tenant_id] = taken + 1
            self._total += 1
            return
        await self._wait(tenant_id)

    def free(self, tenant_id: UUID) -> None:
        """Give the place back: to who waits longest, or to nobody."""
        waiting = self._waiting.get(tenant_id)
        while waiting:
            turn = waiting.popleft()
            if not turn.done():
                turn.set_result(None)  # the place changes hands, the numbers stay
                return
        self._total -= 1
        left = self._taken[tenant_id] - 1
        if left:
            self._taken[tenant_id] = left
        else:
            del self._taken[tenant_id]

    async def _wait(self, tenant_id: UUID) -> None:
        if len(self._waiting.get(tenant_id, ())) >= MAX_WAITING:
            raise _overloaded()
        waiting = self._waiting.setdefault(tenant_id, deque())
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self.free(tenant_id)  # it came in the very moment we gave up
            elif turn in waiting:
                waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise _overloaded() from None
            raise
        finally:
            if not waiting:
                self._waiting.pop(tenant_id, None)


class Seat:
    """One request's place."""

    def __init__(self, places: Places, tenant_id: UUID) -> None:
        """Take nothing yet."""
        self._places = places
        self._tenant_id = tenant_id
        self._is_taken = False

    async def take(self) -> None:
        """Take the place. Raises Overloaded."""
        if not self._is_taken:
            await self._places.take(self._tenant_id)
            self._is_taken = True

    def free(self) -> None:
        """Give it back, if it was taken."""
        if self._is_taken:
            self._is_taken = False
            self._places.free(self._tenant_id)


def _overloaded() -> Overloaded:
    return Overloaded("There is too much to do at this moment. Try again in a second.")
