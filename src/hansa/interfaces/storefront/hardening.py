"""HEAD, which is GET without the body, wherever there is GET."""

from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send


class Hardening:
    """Answers HEAD wherever there is GET. The security headers are the gate's (`interfaces/guards/headers.py`)."""

    def __init__(self, app: FastAPI) -> None:
        """Take the application to harden."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}  # its length stays told
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, send_head)
