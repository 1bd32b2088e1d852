"""F-30: receivers that hang, fail, redirect, are gone or drip keep nobody else waiting.

And consumers that fail now and then know in the end what the database knows.
"""

import itertools
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from hansa.domain.events.models import Event
from hansa.domain.events.services.record import record
from hansa.domain.webhooks.models import Delivery, Endpoint
from hansa.domain.webhooks.services.endpoints import create_endpoint
from hansa.domain.webhooks.types import PAUSES
from hansa.domain.work.services.dispatch import Dispatcher
from hansa.domain.work.services.in_process import Threads
from hansa.domain.work.types import Queue
from hansa.kernel import clock
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.kernel.outbound.sinks import Sink, answer, recorded_connections
from tests.worlds import entered

pytestmark = pytest.mark.faults

NET_THREADS = 16
EVENTS = 12


@contextmanager
def working() -> Iterator[None]:
    """Have a worker of this process."""
    queue = Threads({Queue.QUICK: 2, Queue.NET: NET_THREADS, Queue.BULK: 1})
    stopped = threading.Event()
    dispatcher = threading.Thread(target=Dispatcher(queue).run, args=(stopped.wait,))
    dispatcher.start()
    try:
        yield
    finally:
        stopped.set()
        dispatcher.join()
        queue.stop()


def wait_until(is_so: Callable[[], bool], seconds: float) -> None:
    """Wait for something to become true."""
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, "it did not happen in time"
        threading.Event().wait(0.05)


class Receivers:
    """A hundred receivers on one port, told apart by their paths: five bad ones and the good; all want each event."""

    def __init__(self) -> None:
        self.arrived: dict[str, list[tuple[str, float]]] = defaultdict(list)
        self.is_over = threading.Event()
        self.sink = Sink(self._answer)
        self.inside = Sink(answer(204))
        """Where nobody is to be led by a redirect."""
        self._bad = {
            "/hangs": self._hang,
            "/fails": answer(500),
            "/redirects": answer(302, location=f"http://127.0.0.1:{self.inside.port}/"),
            "/gone": answer(410),
            "/drips": self._drip,
        }
        self.paths = [*self._bad, *(f"/good/{number}" for number in range(95))]

    def stop(self) -> None:
        """Let nobody hang or drip any more, and end."""
        self.is_over.set()
        self.sink.stop()
        self.inside.stop()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.arrived[handler.path].append((handler.headers["webhook-id"], time.time()))
        self._bad.get(handler.path, answer(204))(handler)

    def _hang(self, handler: BaseHTTPRequestHandler) -> None:
        self.is_over.wait(30)
        answer(204)(handler)

    def _drip(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not self.is_over.wait(0.2):
            handler.wfile.write(b"x")


def test_bad_receivers_keep_the_good_ones_from_nothing(shop: TenantContext) -> None:
    receivers = Receivers()
    happened: dict[str, float] = {}

    def everything_arrived() -> bool:
        return sum(len(receivers.arrived[path]) for path in receivers.paths[5:]) >= len(happened) * 95

    try:
        with override_settings(OUTBOUND_ALLOW="127.0.0.1/32"), recorded_connections() as connections:
            with tenant_scope(shop):
                for path in receivers.paths:
                    create_endpoint(url=f"http://127.0.0.1:{receivers.sink.port}{path}", filters=["parcel.*"])
            with working():
                for _ in range(EVENTS):
                    with entered(shop):
                        record("parcel.sent", aggregate_id=uuid7(), payload={}, now=clock.now())
                        happened[str(Event.objects.latest("position").pk)] = time.time()
                        wake_workers()
                    wait_until(everything_arrived, 60)
                receivers.is_over.set()
    finally:
        receivers.stop()
        connection.close()
    good = [receivers.arrived[path] for path in receivers.paths[5:]]
    assert all(len({identifier for identifier, _ in heard}) == len(heard) == EVENTS for heard in good)
    latencies = sorted(at - happened[identifier] for heard in good for identifier, at in heard)
    p95 = latencies[int(len(latencies) * 0.95)]
    print(f"{len(latencies)} deliveries, p50 {latencies[len(latencies) // 2]:.2f} s, p95 {p95:.2f} s")  # noqa: T201
    assert receivers.inside.requests == []
    assert len(receivers.arrived["/gone"]) <= 2
    assert {host for host, _ in connections} == {"127.0.0.1"}
    assert ("127.0.0.1", receivers.inside.port) not in connections
    with entered(shop):
        assert Endpoint.objects.get(url__endswith="/gone").disabled_reason == "gone"


class Consumer:
    """Keeps the last state of each parcel, by the ids it knows; fails one time in twenty."""

    def __init__(self) -> None:
        self.states: dict[str, tuple[int, str]] = {}
        self.known: set[str] = set()
        self._turn = itertools.count(1)
        self._lock = threading.Lock()
        self.sink = Sink(self._answer)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        told: dict[str, Any] = json.loads(self.sink.bodies[handler])
        with self._lock:
            turn = next(self._turn)
            loses_answer = turn % 40 == 0
            if turn % 40 != 20:
                self._take(handler.headers["webhook-id"], told)
        answer(500 if turn % 40 == 20 or loses_answer else 204)(handler)

    def _take(self, identifier: str, told: dict[str, Any]) -> None:
        self.known.add(identifier)
        before = self.states.get(told["aggregate_id"], (0, ""))
        self.states[told["aggregate_id"]] = max(before, (told["sequence"], told["type"]))


@pytest.mark.parametrize("parcels", [200, pytest.param(10_000, marks=pytest.mark.long)], ids=["short", "long"])
def test_each_consumers_final_state_is_the_databases(
    shop: TenantContext, parcels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hansa.domain.webhooks.services.deliver.PAUSES", tuple(timedelta(seconds=1) for _ in PAUSES))
    consumers = [Consumer() for _ in range(3)]
    try:
        with override_settings(OUTBOUND_ALLOW="127.0.0.1/32"):
            with tenant_scope(shop):
                for consumer in consumers:
                    url = f"http://127.0.0.1:{consumer.sink.port}/"
                    create_endpoint(url=url, filters=["parcel.*"], concurrency=4)
            ids = [uuid7() for _ in range(parcels)]
            with working():
                for start in range(0, parcels, 100):
                    with entered(shop):
                        for name in ("parcel.packed", "parcel.sent"):
                            for parcel in ids[start : start + 100]:
                                record(name, aggregate_id=parcel, payload={}, now=clock.now())

                def all_is_told() -> bool:
                    with entered(shop):
                        is_so = Delivery.objects.filter(status="done").count() == 6 * parcels
                    connection.close()
                    return is_so

                wait_until(all_is_told, 60 + parcels / 2)
    finally:
        for consumer in consumers:
            consumer.sink.stop()
    with entered(shop):
        events = list(Event.objects.order_by("sequence").values_list("pk", "sequence", "aggregate_id", "name"))
    state = {str(aggregate): (sequence, name) for _, sequence, aggregate, name in events}
    assert {name for _, name in state.values()} == {"parcel.sent"}
    for consumer in consumers:
        assert consumer.states == state
        assert consumer.known == {str(identifier) for identifier, _, _, _ in events}
