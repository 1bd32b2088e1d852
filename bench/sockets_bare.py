"""An application that holds sockets and says one thing to all of them: what the server alone costs."""

import asyncio

from starlette.types import Receive, Scope, Send

_sends: set[Send] = set()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one socket; whatever one of them says is said to all."""
    if scope["type"] == "lifespan":
        while True:
            event = await receive()
            await send({"type": f"{event['type']}.complete"})
            if event["type"] == "lifespan.shutdown":
                return
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": '{"type": "ready"}'})
    _sends.add(send)
    try:
        while (await receive())["type"] != "websocket.disconnect":
            await asyncio.gather(*(one({"type": "websocket.send", "text": '{"type": "told"}'}) for one in _sends))
    finally:
        _sends.discard(send)
