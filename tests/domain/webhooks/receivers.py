"""Receivers of webhooks on loopback, and a shop that sends to them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from uuid import UUID

from django.test import override_settings
from standardwebhooks import Webhook

from hansa.domain.events.services.record import record
from hansa.domain.webhooks.models import Delivery
from hansa.domain.webhooks.services.endpoints import MadeEndpoint, create_endpoint
from hansa.domain.work.services.perform import work_off
from hansa.kernel import clock
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.kernel.outbound.sinks import Answering, Sink, answer
from tests.worlds import entered


class Receiver:
    """An endpoint's server: it verifies what it is sent, and answers as told."""

    def __init__(self, tenant: TenantContext, *answers: int, path: str = "/hook", **headers: str) -> None:
        self.answers = list(answers)
        """Status codes in turn; then 204 for ever."""
        self.headers = headers
        self.secrets: list[str] = []
        self.heard: list[dict[str, Any]] = []
        self.refused = 0
        self._lock = threading.Lock()
        self.sink = Sink(self._answering())
        self.url = f"http://127.0.0.1:{self.sink.port}{path}"
        self.tenant = tenant

    def subscribe(self, *filters: str, concurrency: int = 2) -> MadeEndpoint:
        """Make the endpoint in the shop."""
        with tenant_scope(self.tenant):
            made = create_endpoint(url=self.url, filters=filters or ("*",), concurrency=concurrency)
        self.secrets.append(made.secret)
        return made

    @property
    def ids(self) -> list[str]:
        """The ids of what was taken, as often as it was."""
        return [one["id"] for one in self.heard]

    def _answering(self) -> Answering:
        def answering(handler: BaseHTTPRequestHandler) -> None:
            headers = {name.lower(): value for name, value in handler.headers.items()}
            body = self.sink.bodies[handler]
            with self._lock:
                status = self.answers.pop(0) if self.answers else 204
            if status < 300:
                self._take(headers, body)
            answer(status, b"" if status == 204 else b"hello from inside", **self.headers)(handler)

        return answering

    def _take(self, headers: dict[str, str], body: bytes) -> None:
        for secret in self.secrets:
            Webhook(secret).verify(body, headers)
        with self._lock:
            self.heard.append(json.loads(body) | {"webhook-id": headers["webhook-id"]})


@contextmanager
def receiving(tenant: TenantContext, *answers: int, **headers: str) -> Iterator[Receiver]:
    """Have a receiver, which the installation may call."""
    receiver = Receiver(tenant, *answers, **headers)
    try:
        with override_settings(OUTBOUND_ALLOW="127.0.0.1/32"):
            yield receiver
    finally:
        receiver.sink.stop()


def happen(tenant: TenantContext, *names: str, aggregate_id: UUID | None = None) -> None:
    """Let things happen, in this order."""
    with entered(tenant):
        for number, name in enumerate(names):
            record(name, aggregate_id=aggregate_id or uuid7(), payload={"number": number}, now=clock.now())


def work(tenant: TenantContext, *, later: timedelta = timedelta(0)) -> None:
    """Let the worker do what is due, and what becomes due by that."""
    is_over = False
    while not is_over:
        with tenant_scope(tenant):
            work_off(now=clock.now() + later)
        with entered(tenant):
            is_over = not Delivery.objects.filter(status="pending", available_at__lte=clock.now() + later).exists()
