"""What every answer of the API carries, and HEAD, which is GET without the body."""

from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
]
_CSP = b"content-security-policy"
_NOTHING = b"default-src 'none'; frame-ancestors 'none'"
_DOCS = (
    b"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    b" object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


class Hardening:
    """Puts the security headers on every answer, and answers HEAD wherever there is GET."""

    def __init__(self, app: FastAPI) -> None:
        """Take the application to harden."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        if is_head:
            scope = {**scope, "method": "GET"}
        policy = _DOCS if scope["path"] == "/api/docs" else _NOTHING

        async def send_hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS, (_CSP, policy)]
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}  # its length stays told
            await send(message)

        await self.app(scope, receive, send_hardened)
