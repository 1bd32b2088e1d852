"""The gate: every request and every socket passes it; a request leaves it with a tenant, an id and a log line.

Plain ASGI, so that Django, FastAPI and WebSockets share it. The tenant is a context variable; a
variable that is set here, before the framework is called, is seen on whatever thread the work runs.
"""

import re
import time
from uuid import uuid4

import structlog
from django.conf import settings
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hansa.domain.tenants.errors import TenantNotFound, TenantSuspended
from hansa.domain.tenants.selectors import aget_tenant_by_host
from hansa.interfaces.problems import MEDIA_TYPE, bug, problem_of
from hansa.kernel.actors import actor_scope
from hansa.kernel.errors import DomainError, TooLarge
from hansa.kernel.tenancy import TenantContext, tenant_scope

REQUEST_ID = "hansa.request_id"
"""Where interfaces find the request's id in the ASGI scope."""

TENANT_MEMORY_SECONDS = 5.0
"""How long a process remembers which tenant a host names: suspending a tenant works within it."""

MAX_BODY_BYTES = 1_000_000
MAX_UPLOAD_BYTES = 25_000_000
_UPLOADS = ("/admin/",)
"""Where people send files."""

_TENANT_FREE = ("/health/", "/static/")
_MAX_REMEMBERED_HOSTS = 10_000
_HOST = re.compile(rb"([A-Za-z0-9.-]{1,253})(?::\d{1,5})?")
_REQUEST_ID = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")

_access = structlog.get_logger("hansa.access")


class BodyTooLarge(TooLarge):
    """The request's body is larger than we take."""

    code = "body_too_large"


class Gate:
    """Resolves the tenant from the host, times the request, answers for errors nobody caught."""

    def __init__(self, application: ASGIApp) -> None:
        """Take the application behind the gate."""
        self.application = application
        self._remembered: dict[str, tuple[float, TenantContext | DomainError]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request or socket."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.application(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        exchange = _Exchange(send, _request_id(scope), started)
        structlog.contextvars.bind_contextvars(request_id=exchange.request_id.decode())
        scope[REQUEST_ID] = exchange.request_id.decode()
        tenant: TenantContext | None = None
        try:
            if scope["path"].startswith(_TENANT_FREE):
                await self.application(scope, _limited(scope, receive), exchange.send)
            else:
                tenant = await self._tenant(scope)
                with tenant_scope(tenant), actor_scope(None):
                    await self.application(scope, _limited(scope, receive), exchange.send)
        except DomainError as error:
            status, body = problem_of(error, instance=scope["path"])
            await exchange.answer(status, body)
        except Exception as error:  # noqa: BLE001  (the last net: whatever it is, the client gets an answer)
            await exchange.answer(500, bug(error, instance=scope["path"]))
        finally:
            _log_request(scope, exchange, tenant, time.perf_counter() - started)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            tenant = await self._tenant(scope)
        except DomainError as error:
            await send({"type": "websocket.close", "code": 4404, "reason": error.code})
            return
        with tenant_scope(tenant):
            await self.application(scope, receive, send)

    async def _tenant(self, scope: Scope) -> TenantContext:
        """Return the tenant of the request's host. Raises TenantNotFound, TenantSuspended."""
        host = _host(scope)
        remembered = self._remembered.get(host)
        if remembered is None or remembered[0] < time.monotonic():
            remembered = await self._remember(host)
        answer = remembered[1]
        if isinstance(answer, DomainError):
            raise type(answer)(answer.message)  # a new one: each raise hangs another traceback on it
        return answer

    async def _remember(self, host: str) -> tuple[float, TenantContext | DomainError]:
        answer: TenantContext | DomainError
        try:
            answer = await aget_tenant_by_host(host)
        except (TenantNotFound, TenantSuspended) as error:
            answer = error.with_traceback(None)
        if len(self._remembered) >= _MAX_REMEMBERED_HOSTS:
            self._remembered.clear()
        self._remembered[host] = remembered = (time.monotonic() + TENANT_MEMORY_SECONDS, answer)
        return remembered


class _Exchange:
    """One request's answer on its way out: remembers the status, adds the headers all answers have."""

    def __init__(self, send: Send, request_id: bytes, started: float) -> None:
        self._send = send
        self.request_id = request_id
        self.status = 0
        self._started = started

    async def send(self, event: Message) -> None:
        if event["type"] == "http.response.start":
            self.status = event["status"]
            elapsed = (time.perf_counter() - self._started) * 1000
            event["headers"] = [
                *event["headers"],
                (b"x-request-id", self.request_id),
                (b"server-timing", b"total;dur=%.1f" % elapsed),
            ]
        await self._send(event)

    async def answer(self, status: int, body: bytes) -> None:
        """Send a problem document, unless an answer is already on its way."""
        if self.status:
            return
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
            (b"cache-control", b"no-store"),
        ]
        await self.send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})
        await self.send({"type": "http.response.body", "body": body, "more_body": False})


def _limited(scope: Scope, receive: Receive) -> Receive:
    """Refuse a body that is too large, whether it says so or not. Raises BodyTooLarge."""
    limit = MAX_UPLOAD_BYTES if scope["path"].startswith(_UPLOADS) else MAX_BODY_BYTES
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    message = f"The body is larger than {limit:,} bytes. Send less at once."
    if declared.isdigit() and int(declared) > limit:
        raise BodyTooLarge(message)
    taken = 0

    async def receive_limited() -> Message:
        nonlocal taken
        event = await receive()
        taken += len(event.get("body", b""))
        if taken > limit:
            raise BodyTooLarge(message)
        return event

    return receive_limited


def _host(scope: Scope) -> str:
    """Return the request's host without its port. Raises TenantNotFound."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    named = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    if named is None:
        message = "The request must name its shop in one Host header, such as demo.example.com."
        raise TenantNotFound(message)
    return str(named[1].decode("ascii").lower())


def _request_id(scope: Scope) -> bytes:
    """Return the caller's request id when it looks like one, so that logs of several systems meet."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.match(value):
            return bytes(value)
    return uuid4().hex.encode()


def _log_request(scope: Scope, exchange: _Exchange, tenant: TenantContext | None, seconds: float) -> None:
    log = _access.warning if seconds > settings.SLOW_REQUEST_SECONDS else _access.info
    log(
        "slow_request" if seconds > settings.SLOW_REQUEST_SECONDS else "request",
        method=scope["method"],
        path=scope["path"],
        status=exchange.status,
        milliseconds=round(seconds * 1000, 1),
        tenant=tenant.slug if tenant else None,
        request_id=exchange.request_id.decode(),
    )
