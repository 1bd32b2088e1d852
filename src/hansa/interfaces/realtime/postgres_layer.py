"""A channel layer on PostgreSQL's LISTEN and NOTIFY: one connection that listens for the whole process.

It keeps nothing: what nobody hears is gone (Note [A lost message]). A NOTIFY is sent on a connection of its
own, never in anybody's transaction: see Note [A wake-up is no message] in `kernel/postgresql/wakeup.py`.
"""

import asyncio
import json
from contextlib import suppress
from typing import Any

import psycopg
import structlog
from channels.layers import InMemoryChannelLayer
from django.db import connection

CHANNEL = "hansa_realtime"
MOST_BYTES = 7900
"""PostgreSQL takes less than 8000."""
RESYNC = "hansa.resync"
"""The type of the message that every channel gets when some may have been lost."""
_PAUSE_SECONDS = 1.0

_log = structlog.get_logger("hansa.realtime")


class MessageTooLarge(ValueError):
    """Say what changed, not what it is now."""


class PostgresChannelLayer(InMemoryChannelLayer):  # type: ignore[misc]  # Channels has no types
    """Channels' layer in memory, with all processes' memories connected. Belongs to one event loop."""

    def __init__(self, **options: int) -> None:
        """Connect to nothing yet."""
        super().__init__(**options)
        self._listener: asyncio.Task[None] | None = None
        self._hears = asyncio.Event()
        self._speaker: psycopg.AsyncConnection[Any] | None = None
        self._speaking = asyncio.Lock()

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Tell all processes. Raises MessageTooLarge, psycopg.Error."""
        self.require_valid_group_name(group)
        text = json.dumps({"group": group, "message": message}, separators=(",", ":"))
        if len(text.encode()) > MOST_BYTES:
            error = f"a message to {group} has {len(text.encode())} bytes"
            raise MessageTooLarge(error)
        async with self._speaking:
            for is_last in (False, True):
                try:
                    if self._speaker is None or self._speaker.closed:
                        self._speaker = await _connect()
                    await self._speaker.execute("SELECT pg_notify(%s, %s)", [CHANNEL, text])
                except psycopg.OperationalError:
                    if is_last:
                        raise
                else:
                    return

    async def group_add(self, group: str, channel: str) -> None:
        """Let a channel hear a group. When this returns, it does. Raises TimeoutError while the database is away."""
        await super().group_add(group, channel)
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        async with asyncio.timeout(5):
            await self._hears.wait()

    async def close(self) -> None:
        """Hang up."""
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener
        if self._speaker is not None:
            await self._speaker.close()

    async def _listen(self) -> None:
        is_first = True
        while True:
            try:
                async with await _connect() as listening:
                    await listening.execute(f"LISTEN {CHANNEL}")
                    self._hears.set()
                    if not is_first:
                        await self._resync()
                    is_first = False
                    async for news in listening.notifies():
                        said = json.loads(news.payload)
                        await super().group_send(said["group"], said["message"])
            except (psycopg.Error, OSError) as error:
                _log.warning("realtime_interrupted", reason=str(error).strip())
            self._hears.clear()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _resync(self) -> None:
        for channel in {channel for channels in self.groups.values() for channel in channels}:
            await self.send(channel, {"type": RESYNC})


async def _connect() -> "psycopg.AsyncConnection[Any]":
    parameters = connection.get_connection_params()
    for ours in ("cursor_factory", "context", "pool"):
        parameters.pop(ours, None)
    return await psycopg.AsyncConnection.connect(**parameters, autocommit=True)
