"""One socket: what waits to be sent to it, and never more than a little."""

import asyncio
from collections import deque
from contextlib import suppress

from starlette.types import Send

from hansa.domain.staff.types import Authority
from hansa.interfaces.realtime.codes import TOO_SLOW
from hansa.interfaces.realtime.feeds import Feed

MOST_WAITING = 50
"""Messages. Whoever takes them more slowly than they come connects again and gets the state."""
SEND_SECONDS = 10.0
"""How long one message may take to leave; then nobody reads at the other end."""


class Socket:
    """Sends messages in order, without letting anybody wait for a slow client.

    It has a task only while something is being sent: a thousand quiet sockets cost no more than their objects.
    """

    __slots__ = ("_send", "_task", "_waiting", "closed_with", "feed", "session_key", "who")

    def __init__(self, send: Send, feed: Feed, session_key: str, who: Authority | None) -> None:
        """Take an accepted socket."""
        self._send = send
        self._waiting: deque[str] | None = None
        self._task: asyncio.Task[None] | None = None
        self.closed_with = 0
        self.feed = feed
        self.session_key = session_key
        self.who = who

    def deliver(self, text: str) -> None:
        """Send a message as soon as those before it are sent."""
        if self.closed_with:
            return
        if self._waiting is None:
            self._waiting = deque()
        if len(self._waiting) >= MOST_WAITING:
            self.close(TOO_SLOW)
            return
        self._waiting.append(text)
        self._start()

    def close(self, code: int) -> None:
        """Send nothing more, and hang up."""
        if not self.closed_with:
            self.closed_with = code
            self._start()

    def drop(self) -> None:
        """Forget what waits: the client has gone."""
        self.closed_with = self.closed_with or TOO_SLOW
        if self._task is not None:
            self._task.cancel()

    def _start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        try:
            async with asyncio.timeout(None) as patience:
                while self._waiting and not self.closed_with:
                    patience.reschedule(asyncio.get_running_loop().time() + SEND_SECONDS)
                    await self._send({"type": "websocket.send", "text": self._waiting.popleft()})
        except Exception:  # noqa: BLE001  (whatever the way to the client does, it is this client's)
            self.closed_with = self.closed_with or TOO_SLOW
        self._waiting = self._task = None
        if self.closed_with:
            with suppress(Exception):
                async with asyncio.timeout(SEND_SECONDS):
                    await self._send({"type": "websocket.close", "code": self.closed_with})
