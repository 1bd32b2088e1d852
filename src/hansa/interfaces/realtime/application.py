"""The sockets as an ASGI application; the gate has found the shop and looked at the Origin."""

import asyncio
import time
from collections import Counter
from collections.abc import Hashable
from functools import partial
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings
from starlette.types import Receive, Scope, Send

from hansa.domain.staff.types import Authority
from hansa.interfaces.realtime.codes import NOT_FOUND, TOO_LARGE, TOO_MANY, TRY_AGAIN, code_of
from hansa.interfaces.realtime.feeds import Feed
from hansa.interfaces.realtime.hub import Hub, in_thread
from hansa.interfaces.realtime.people import admit, session_key_of
from hansa.interfaces.realtime.routes import find_feed
from hansa.interfaces.realtime.sockets import Socket
from hansa.kernel.errors import DomainError
from hansa.kernel.tenancy import get_current_tenant

MOST_BYTES = 1024
"""Of what a client says; nothing it could say does anything, but some libraries send words of their own."""
MOST_MESSAGES = 60
"""In a minute."""

_log = structlog.get_logger("hansa.realtime")
_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()
_open: Counter[Hashable] = Counter()
"""How many sockets the process has: of each address, of each shop, and at all."""


async def realtime(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one socket, from its handshake to its end."""
    await receive()
    tenant = get_current_tenant()
    feed = find_feed(scope["path"], tenant)
    if feed is None:
        await send({"type": "websocket.close", "code": NOT_FOUND, "reason": "not_found"})
        return
    address = scope["client"][0] if scope["client"] else ""
    places: dict[Hashable, int] = {
        "": settings.MAX_SOCKETS,
        tenant.id: settings.MAX_SOCKETS_PER_TENANT,
        (tenant.id, address): settings.MAX_SOCKETS_PER_ADDRESS,
    }
    if any(_open[place] >= most for place, most in places.items()):
        await send({"type": "websocket.close", "code": TOO_MANY, "reason": "too_many_sockets"})
        return
    _open.update(places.keys())
    try:
        await send({"type": "websocket.accept"})  # before it is known who asks: browsers see no other code
        await _serve(feed, session_key_of(scope) if feed.capability else "", receive, send)
    finally:
        _open.subtract(places.keys())
        for place in places:
            if not _open[place]:
                del _open[place]


async def close_hub() -> None:
    """Close this event loop's sockets; the process is about to end."""
    hub = _hubs.pop(asyncio.get_running_loop(), None)
    if hub is not None:
        await hub.close()


def _hub() -> Hub:
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


async def _serve(feed: Feed, session_key: str, receive: Receive, send: Send) -> None:
    try:
        who = await in_thread(feed.tenant, partial(admit, session_key, feed.capability)) if feed.capability else None
    except DomainError as error:
        await send({"type": "websocket.close", "code": code_of(error), "reason": error.code})
        return
    hub = _hub()
    socket = Socket(send, feed, session_key, who)
    try:
        await _begin(hub, socket, feed, who)
        await _until_the_end(socket, receive)
    finally:
        await hub.leave(socket)


async def _begin(hub: Hub, socket: Socket, feed: Feed, who: Authority | None) -> None:
    """Send the state, with nothing missed after it: first it listens, then it looks."""
    try:
        await hub.join(socket)
        await hub.greet(socket, feed, who)
    except DomainError as error:
        socket.close(code_of(error))
    except Exception as error:  # noqa: BLE001  (whatever is wrong with the layer or the database)
        _log.warning("realtime_not_begun", reason=str(error).strip() or type(error).__name__)
        socket.close(TRY_AGAIN)


async def _until_the_end(socket: Socket, receive: Receive) -> None:
    """Wait until the client goes. What it says is not listened to, but must not be much."""
    began, said = time.monotonic(), 0
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        if len(event.get("text") or event.get("bytes") or "") > MOST_BYTES:
            socket.close(TOO_LARGE)
        now = time.monotonic()
        began, said = (now, 1) if now - began > 60 else (began, said + 1)  # noqa: PLR2004  (a minute)
        if said > MOST_MESSAGES:
            socket.close(TOO_MANY)
