"""The gate: every request and every socket passes it; a request leaves it with a tenant, an id and a log line.

Plain ASGI, so that Django, FastAPI and WebSockets share it. The tenant is a context variable; a
variable that is set here, before the framework is called, is seen on whatever thread the work runs.
"""

import re
import time
from collections.abc import Mapping
from uuid import uuid4

import structlog
from django.conf import settings
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hansa.domain.tenants.errors import TenantNotFound, TenantSuspended
from hansa.domain.tenants.selectors import aget_tenant_by_host
from hansa.interfaces.guards.bodies import Body
from hansa.interfaces.guards.headers import Headers, harden
from hansa.interfaces.guards.limits import SAFE, count_doing, count_reading, operation_of, standing_headers
from hansa.interfaces.guards.origins import (
    CrossSiteRequest,
    cors_headers,
    is_preflight,
    preflight_headers,
    refuse_cross_site,
    refuse_foreign_socket,
)
from hansa.interfaces.guards.places import Places, Seat
from hansa.interfaces.problems import MEDIA_TYPE, bug, problem, problem_of
from hansa.kernel.actors import actor_scope
from hansa.kernel.addresses import find_client, read_trusted_proxies
from hansa.kernel.errors import DomainError
from hansa.kernel.limits import Counters, RateLimited, Standing, get_counters
from hansa.kernel.postgresql.deadline import statements_end_after
from hansa.kernel.tenancy import TenantContext, tenant_scope

REQUEST_ID = "hansa.request_id"
"""Where interfaces find the request's id in the ASGI scope."""

TENANT_MEMORY_SECONDS = 5.0
"""How long a process remembers which tenant a host names: suspending a tenant works within it."""

_TENANT_FREE = ("/health/", "/static/")
_MAX_REMEMBERED_HOSTS = 10_000
_HOST = re.compile(rb"([A-Za-z0-9.-]{1,253})(?::\d{1,5})?")
_REQUEST_ID = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")
_METHODS = SAFE | {"POST", "PUT", "PATCH", "DELETE"}

_access = structlog.get_logger("hansa.access")


class Gate:
    """Resolves the tenant from the host, times the request, answers for errors nobody caught."""

    def __init__(self, application: ASGIApp, counters: Counters | None = None) -> None:
        """Take the application behind the gate, and the counters of a test."""
        self.application = application
        self._counters = counters or get_counters()
        self._places = Places()
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
        headers: dict[bytes, bytes] = dict(scope["headers"])
        exchange = _Exchange(send, _request_id(headers), started)
        structlog.contextvars.bind_contextvars(request_id=exchange.request_id.decode())
        scope[REQUEST_ID] = exchange.request_id.decode()
        tenant: TenantContext | None = None
        try:
            if scope["method"] not in _METHODS:
                await exchange.refuse_method(scope)
            elif scope["path"].startswith(_TENANT_FREE):
                await self._pass(scope, receive, exchange, headers, None)
            else:
                _name_client(scope)
                tenant = await self._tenant(scope)
                await self._let_in(scope, receive, exchange, headers, tenant)
        except RateLimited as error:
            exchange.stand(Standing(is_within=False, limit=error.limit, remaining=0, reset_seconds=error.reset_seconds))
            await exchange.refuse(error, scope)
        except DomainError as error:
            await exchange.refuse(error, scope)
        except Exception as error:  # noqa: BLE001  (the last net: whatever it is, the client gets an answer)
            await exchange.answer(500, bug(error, instance=scope["path"]))
        finally:
            _log_request(scope, exchange, tenant, time.perf_counter() - started)

    async def _let_in(
        self,
        scope: Scope,
        receive: Receive,
        exchange: "_Exchange",
        headers: Mapping[bytes, bytes],
        tenant: TenantContext,
    ) -> None:
        """Ask what is asked of a shop's visitors, then pass the request. Raises what they are refused for."""
        method, path = scope["method"], scope["path"]
        exchange.headers = cors_headers(tenant, path, headers)
        if is_preflight(method, headers):
            exchange.headers = preflight_headers(tenant, path, headers)
            await exchange.answer_nothing()
            return
        refuse_cross_site(tenant, method, path, headers)
        if settings.RATES:
            address = scope["client"][0] if scope["client"] else ""
            operation = operation_of(method, path, headers.get(b"content-type", b""))
            count_reading(self._counters, tenant, address, operation)
            standing = await count_doing(self._counters, tenant, address, operation, headers)
            if standing is not None:
                exchange.stand(standing)
        deadline = statements_end_after(settings.STATEMENT_TIMEOUT_MILLISECONDS)
        with tenant_scope(tenant), actor_scope(None), deadline:
            seat = Seat(self._places, tenant.id)
            try:
                await self._pass(scope, receive, exchange, headers, seat)
            finally:
                seat.free()

    async def _pass(
        self,
        scope: Scope,
        receive: Receive,
        exchange: "_Exchange",
        headers: Mapping[bytes, bytes],
        seat: Seat | None,
    ) -> None:
        """Hand the request on. Its place is taken when its body is there: who drips keeps nobody from working."""
        body = Body(scope, headers, seat.take if seat else _nothing)
        if body.is_empty and seat:
            await seat.take()
        exchange.body = body
        await self.application(scope, body.wrapped(receive), exchange.send)
        if body.refusal:
            raise body.refusal

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            _name_client(scope)
            tenant = await self._tenant(scope)
            refuse_foreign_socket(tenant, dict(scope["headers"]))
        except DomainError as error:
            code = 4403 if isinstance(error, CrossSiteRequest) else 4404
            await send({"type": "websocket.close", "code": code, "reason": error.code})
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
        self.headers: Headers = []
        """What the gate itself has to say."""
        self.body: Body | None = None
        self._started = started

    def stand(self, standing: Standing) -> None:
        """Say how the caller stands with the limits."""
        self.headers = [*self.headers, *standing_headers(standing)]
        if not standing.is_within:
            self.headers.append((b"retry-after", b"%d" % standing.reset_seconds))

    async def send(self, event: Message) -> None:
        """Send what the application answers, unless its request was refused while it read the body."""
        if self.body and self.body.refusal and not self.status:
            return
        await self._send_hardened(event)

    async def _send_hardened(self, event: Message) -> None:
        if event["type"] == "http.response.start":
            self.status = event["status"]
            elapsed = (time.perf_counter() - self._started) * 1000
            event["headers"] = [
                *harden([*event["headers"], *self.headers], self.status),
                (b"x-request-id", self.request_id),
                (b"server-timing", b"total;dur=%.1f" % elapsed),
            ]
        await self._send(event)

    async def refuse(self, error: DomainError, scope: Scope) -> None:
        """Answer with an error as a problem document; a body that was not read to its end ends the connection."""
        if self.body and self.body.refusal:
            self.headers = [*self.headers, (b"connection", b"close")]
        status, body = problem_of(error, instance=scope["path"])
        await self.answer(status, body)

    async def refuse_method(self, scope: Scope) -> None:
        """Answer a method that nothing here has, such as TRACE."""
        self.headers = [(b"allow", ", ".join(sorted(_METHODS)).encode())]
        detail = f"{scope['method'][:20]} is not possible here."
        await self.answer(405, problem(405, "method_not_allowed", "Method not allowed", detail, instance=scope["path"]))

    async def answer_nothing(self) -> None:
        """Send an answer that is all headers."""
        await self._send_hardened({"type": "http.response.start", "status": 204, "headers": [], "trailers": False})
        await self._send_hardened({"type": "http.response.body", "body": b"", "more_body": False})

    async def answer(self, status: int, body: bytes) -> None:
        """Send a problem document, unless an answer is already on its way."""
        if self.status:
            return
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await self._send_hardened(
            {"type": "http.response.start", "status": status, "headers": headers, "trailers": False}
        )
        await self._send_hardened({"type": "http.response.body", "body": body, "more_body": False})


async def _nothing() -> None:
    """Take no place: health and files have none."""


def _name_client(scope: Scope) -> None:
    """Let everybody behind the gate see the client's own address where proxies of ours stand in front."""
    trusted = read_trusted_proxies(settings.TRUSTED_PROXIES)
    if trusted and scope["client"]:
        peer, port = scope["client"]
        said = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").decode("latin-1")
        hops = [hop.strip() for hop in said.split(",") if hop.strip()]
        scope["client"] = (find_client(peer, hops, trusted), port)


def _host(scope: Scope) -> str:
    """Return the request's host without its port. Raises TenantNotFound."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    named = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    if named is None:
        message = "The request must name its shop in one Host header, such as demo.example.com."
        raise TenantNotFound(message)
    return str(named[1].decode("ascii").lower())


def _request_id(headers: Mapping[bytes, bytes]) -> bytes:
    """Return the caller's request id when it looks like one, so that logs of several systems meet."""
    said = headers.get(b"x-request-id", b"")
    return said if _REQUEST_ID.match(said) else uuid4().hex.encode()


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
