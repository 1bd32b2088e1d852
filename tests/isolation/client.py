"""Sends requests to the whole application, in this process: no client library decides what may be sent."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

SAFE_IN_PATHS = "/-._~!$&'()*+,;=:@%"


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent."""

    method: str
    host: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] | None = None
    body: Any = None
    """What is sent as JSON."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    left: str = field(default="", compare=False)
    """What the request left in the session: messages for the next page."""

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


async def send(request: Request, *, cancel_after: int | None = None) -> Answer:
    """Send one request; with `cancel_after` the client hangs up after so many turns of the loop."""
    from hansa.config.asgi import application

    payload, kind = _payload(request)
    headers = [("host", request.host), *request.headers]
    if payload:
        headers += [("content-type", kind), ("content-length", str(len(payload)))]
    if request.cookies:
        headers.append(("cookie", "; ".join(f"{name}={value}" for name, value in request.cookies)))
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": quote(request.path, safe=SAFE_IN_PATHS).encode(),
        "query_string": request.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in headers],
        "client": ("192.0.2.1", 5000),
        "server": ("127.0.0.1", 80),
    }
    start: dict[str, Any] = {}
    parts: list[bytes] = []
    waiting = [{"type": "http.request", "body": payload, "more_body": False}]
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def take(event: Any) -> None:
        if event["type"] == "http.response.start":
            start.update(event)
        else:
            parts.append(event.get("body", b""))

    work = asyncio.ensure_future(application(scope, receive, take))
    if cancel_after is not None:
        for _ in range(cancel_after):
            await asyncio.sleep(0)
        gone.set()
        work.cancel()
    try:
        await work
    except asyncio.CancelledError:
        return Answer(0)
    found = tuple((name.decode().lower(), value.decode("latin-1")) for name, value in start.get("headers", ()))
    return Answer(start.get("status", 0), found, b"".join(parts))


def _payload(request: Request) -> tuple[bytes, str]:
    if request.form is not None:
        return urlencode(request.form).encode(), "application/x-www-form-urlencoded"
    if request.body is not None:
        return json.dumps(request.body).encode(), "application/json"
    return b"", ""


async def hang_up() -> None:
    """Close what the application keeps open on this loop."""
    from hansa.kernel.postgresql.reading import close_readers

    await close_readers()
