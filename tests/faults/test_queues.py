"""Background work on each queue that there is: the database, RabbitMQ, Redis. Nothing is lost, nothing done twice."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.brokers import KINDS, Broker, broker
from tests.faults.serving import SHORT, worker
from tests.worlds_orders import buy, open_for_business

RESUMED_SECONDS = 60
"""Within this after a kill everything must have come to its end."""


@pytest.fixture(scope="module", params=KINDS)
def queue(request: pytest.FixtureRequest) -> Iterator[Broker | None]:
    with broker(request.param) as server:
        yield server


def settings_for(queue: Broker | None, **more: str) -> dict[str, str]:
    return SHORT | {"CELERY_BROKER_URL": queue.url if queue else ""} | more


@pytest.fixture
def market(make_tenant: Callable[..., TenantContext]) -> TenantContext:
    tenant = make_tenant("Busy")
    open_for_business(tenant, mugs=5000)
    return tenant


def waiting(tenant: TenantContext) -> dict[str, int]:
    """Return what is not done yet, by table."""
    with tenant_scope(tenant), transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM events_event WHERE status = 'pending'")
        events = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM notifications_notification WHERE status = 'pending'")
        letters = cursor.fetchone()[0]
    return {name: number for name, number in {"events": events, "letters": letters}.items() if number}


def wait_until_done(tenant: TenantContext, seconds: float = RESUMED_SECONDS) -> float:
    started = time.monotonic()
    while open_ones := waiting(tenant):
        assert time.monotonic() - started < seconds, open_ones
        time.sleep(0.1)
    return time.monotonic() - started


def letters_to(address: str) -> list[Path]:
    return [path for path in (settings.HOME / "mail").glob("*") if address in path.read_text(errors="replace")]


def test_orders_are_confirmed(queue: Broker | None, market: TenantContext) -> None:
    with worker(environment=settings_for(queue)):
        with tenant_scope(market):
            for number in range(20):
                buy(email=f"buyer-{number}@{market.slug}.example")
        seconds = wait_until_done(market)
        for number in range(20):
            assert len(letters_to(f"buyer-{number}@{market.slug}.example")) == 1
    print(f"\n20 orders confirmed {seconds:.1f} s after the last")  # noqa: T201
