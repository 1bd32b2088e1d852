"""What every answer of the API carries, and how much a request may bring."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hansa.kernel.errors import TooLarge

MAX_BODY_BYTES = 1_000_000

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


class BodyTooLarge(TooLarge):
    """The request's body is larger than the API takes."""

    code = "body_too_large"


class Hardening:
    """Security headers on every answer; a limit on every body, declared or streamed."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the application to harden."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request."""
        policy = _DOCS if scope["path"] == "/api/docs" else _NOTHING

        async def send_hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS, (_CSP, policy)]
            await send(message)

        if scope["method"] in {"GET", "HEAD"}:
            await self.app(scope, receive, send_hardened)
        else:
            await self.app(scope, _limited(scope, receive), send_hardened)


def _limited(scope: Scope, receive: Receive) -> Receive:
    declared = next((int(v) for n, v in scope["headers"] if n == b"content-length" and v.isdigit()), 0)
    taken = 0

    async def receive_limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if max(taken, declared) > MAX_BODY_BYTES:
            text = f"The body is larger than {MAX_BODY_BYTES} bytes. Send less at once."
            raise BodyTooLarge(text)
        return message

    return receive_limited
