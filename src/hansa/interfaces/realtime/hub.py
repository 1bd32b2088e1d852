"""The hub of a web process: it listens once for all sockets, reads each piece of news once, and hands it out."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.db import connection

from hansa.domain.staff.types import Authority, Limits
from hansa.domain.tenants.selectors import is_open
from hansa.interfaces.realtime.codes import GOING_AWAY, NOT_FOUND, TRY_AGAIN, code_of
from hansa.interfaces.realtime.feeds import Feed, Saying
from hansa.interfaces.realtime.layer import make_layer
from hansa.interfaces.realtime.people import admit
from hansa.interfaces.realtime.postgres_layer import RESYNC
from hansa.interfaces.realtime.sockets import Socket
from hansa.kernel.errors import DomainError, NotFound
from hansa.kernel.postgresql.deadline import statements_end_after
from hansa.kernel.tenancy import TenantContext, tenant_scope

CHECK_SECONDS = 1.0
"""How often sockets' owners are asked for again: whoever logs out or is suspended hears nothing a second later."""
BEAT_SECONDS = 25.0
_READ_MILLISECONDS = 3000

_log = structlog.get_logger("hansa.realtime")


async def in_thread[T](tenant: TenantContext, function: Callable[[], T]) -> T:
    """Ask the database for a shop, on a thread that gives its connection back. Raises what the function raises."""
    return await asyncio.to_thread(_enter, tenant, function)


def _enter[T](tenant: TenantContext, function: Callable[[], T]) -> T:
    try:
        with tenant_scope(tenant), statements_end_after(_READ_MILLISECONDS):
            return function()
    finally:
        connection.close()


class _Group:
    """The sockets of one feed, and what they have not heard yet."""

    __slots__ = ("changed", "feed", "is_stale", "reading", "sockets")

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.sockets: set[Socket] = set()
        self.changed: dict[str, None] = {}
        self.is_stale = False
        self.reading: asyncio.Task[None] | None = None


class Hub:
    """Belongs to one event loop."""

    def __init__(self) -> None:
        """Listen to nothing yet."""
        self._layer = make_layer()
        self._channel = ""
        self._groups: dict[str, dict[str, _Group]] = {}
        """By the layer's group, and by the one thing that a feed is about."""
        self._tasks: list[asyncio.Task[None]] = []
        self._starting = asyncio.Lock()

    async def join(self, socket: Socket) -> None:
        """Let a socket hear its feed from now on. Raises what a layer raises that is away."""
        async with self._starting:
            if not self._tasks:
                self._channel = await self._layer.new_channel()
                self._tasks = [
                    asyncio.create_task(work()) for work in (self._hear, self._check_for_ever, self._beat_for_ever)
                ]
        told_together = self._groups.setdefault(socket.feed.group, {})
        group = told_together.setdefault(socket.feed.only, _Group(socket.feed))
        group.sockets.add(socket)
        await self._layer.group_add(socket.feed.group, self._channel)

    async def greet(self, socket: Socket, feed: Feed, who: Authority | None) -> None:
        """Send a socket how things stand. Raises NotFound."""
        for saying in await in_thread(feed.tenant, partial(feed.state, who)):
            socket.deliver(json.dumps(saying, default=str))

    async def leave(self, socket: Socket) -> None:
        """Forget a socket."""
        socket.drop()
        told_together = self._groups.get(socket.feed.group, {})
        group = told_together.get(socket.feed.only)
        if group is None:
            return
        group.sockets.discard(socket)
        if not group.sockets:
            del told_together[socket.feed.only]
        if not told_together:
            del self._groups[socket.feed.group]
            with suppress(Exception):  # a layer that is away has forgotten it anyway
                await self._layer.group_discard(socket.feed.group, self._channel)
                if socket.feed.group in self._groups:  # somebody has joined meanwhile
                    await self._layer.group_add(socket.feed.group, self._channel)

    async def close(self) -> None:
        """Let everybody connect to somebody else."""
        for group in self._all_groups():
            for socket in group.sockets:
                socket.close(GOING_AWAY)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if hasattr(self._layer, "close"):
            await self._layer.close()
        else:
            await self._layer.flush()

    async def _hear(self) -> None:
        while True:
            message = await self._layer.receive(self._channel)
            if message["type"] == RESYNC:
                for group in self._all_groups():
                    self._say_state(group)
            else:
                self._tell(self._groups.get(message["group"], {}), message["ids"])

    def _tell(self, told_together: dict[str, _Group], ids: list[str]) -> None:
        """Let those hear of it who listen to all of it, or to one of these things."""
        everything = told_together.get("")
        if everything is not None:
            everything.changed |= dict.fromkeys(ids)
            self._read(everything)
        for one in ids:
            if group := told_together.get(one):
                group.changed[one] = None
                self._read(group)

    def _all_groups(self) -> Iterator[_Group]:
        for told_together in self._groups.values():
            yield from told_together.values()

    def _say_state(self, group: _Group) -> None:
        group.is_stale = True
        self._read(group)

    def _read(self, group: _Group) -> None:
        """Read what is new, unless somebody does; then they read it too."""
        if group.reading is None:
            group.reading = asyncio.create_task(self._read_all(group))

    async def _read_all(self, group: _Group) -> None:
        try:
            while group.changed or group.is_stale:
                changed, is_stale = list(group.changed), group.is_stale
                group.changed, group.is_stale = {}, False
                reaches: dict[Limits | None, list[Socket]] = {}
                for socket in group.sockets:
                    reaches.setdefault(socket.who.limits if socket.who else None, []).append(socket)
                for sockets in reaches.values():
                    ask = partial(_ask, group.feed, changed, sockets[0].who, is_stale=is_stale)
                    sayings = await in_thread(group.feed.tenant, ask)
                    for text in [json.dumps(one, default=str) for one in sayings]:
                        for socket in sockets:
                            socket.deliver(text)
        except NotFound:
            for socket in tuple(group.sockets):
                socket.close(NOT_FOUND)
        except Exception as error:  # noqa: BLE001  (the next beat sends the state)
            _log.warning("realtime_not_read", group=group.feed.group, reason=str(error).strip())
        finally:
            group.reading = None

    async def _check_for_ever(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            by_tenant: dict[UUID, list[Socket]] = {}
            for group in self._all_groups():
                by_tenant.setdefault(group.feed.tenant.id, []).extend(group.sockets)
            for sockets in by_tenant.values():
                await self._check(sockets)

    async def _check(self, sockets: list[Socket]) -> None:
        """Close the sockets of those who may not listen any more."""
        tenant = sockets[0].feed.tenant
        asked = {(socket.session_key, socket.feed.capability) for socket in sockets if socket.feed.capability}
        try:
            answers = await in_thread(tenant, partial(_check_all, asked))
        except Exception as error:  # noqa: BLE001  (who cannot be asked for is not told anything)
            _log.warning("realtime_not_checked", reason=str(error).strip())
            answers = dict.fromkeys(asked, TRY_AGAIN)
        for socket in sockets:
            answer = NOT_FOUND if answers is None else answers.get((socket.session_key, socket.feed.capability))
            if isinstance(answer, int):
                socket.close(answer)
            elif answer is not None:
                socket.who = answer

    async def _beat_for_ever(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            for group in self._all_groups():
                if group.feed.has_state:
                    self._say_state(group)
                else:
                    for socket in group.sockets:
                        socket.deliver('{"type": "ping"}')


def _ask(feed: Feed, changed: list[str], who: Authority | None, *, is_stale: bool) -> list[Saying]:
    return [*(feed.state(who) if is_stale else []), *(feed.news(changed, who) if changed else [])]


def _check_all(asked: set[tuple[str, str]]) -> dict[tuple[str, str], Any] | None:
    """Return what each may do, or the code to close with; None: the shop is closed."""
    if not is_open():
        return None
    answers: dict[tuple[str, str], Any] = {}
    for session_key, capability in asked:
        try:
            answers[session_key, capability] = admit(session_key, capability)
        except DomainError as error:
            answers[session_key, capability] = code_of(error)
    return answers
