"""Background work on each queue that there is: the database, RabbitMQ, Redis. Nothing is lost, nothing done twice."""

import io
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from PIL import Image

from hansa.domain.catalog.models import ProductImage, Variant
from hansa.domain.events.models import Event
from hansa.domain.fulfilment.models import ShippingMethod
from hansa.domain.imports.models import ImportRun
from hansa.domain.notifications.models import Kind, Notification
from hansa.domain.webhooks.services.endpoints import create_endpoint
from hansa.domain.work.models import OPEN
from hansa.domain.work.registry import all_duties, all_jobs
from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.brokers import KINDS, Broker, broker
from tests.faults.buyers import Buyer
from tests.faults.chores import CHORES, HANDLERS, Busy
from tests.faults.serving import SHORT, Running, quiet, web, worker
from tests.kernel.outbound.sinks import Sink, answer
from tests.worlds_orders import buy, open_for_business

JOBS = tuple(job.name for job in all_jobs())
CHECKOUTS_PER_SECOND = 15
"""While the broker is gone: as many orders as 54,000 an hour leave a backlog."""
RESUMED_SECONDS = 60
"""Within this after a kill everything must have come to its end."""


@pytest.fixture(scope="module", params=KINDS)
def queue(request: pytest.FixtureRequest) -> Iterator[Broker | None]:
    with broker(request.param) as server:
        yield server


def settings_for(queue: Broker | None, **more: str) -> dict[str, str]:
    ours = {"CELERY_BROKER_URL": queue.url if queue else "", "HANSA_OUTBOUND_ALLOW": "127.0.0.1"}
    return SHORT | ours | more


@pytest.fixture
def market(make_tenant: Callable[..., TenantContext]) -> TenantContext:
    tenant = make_tenant("Busy")
    open_for_business(tenant, mugs=50_000)
    with tenant_scope(tenant), transaction():
        ProductImage.objects.all().delete()  # they lie on servers that are not there
    return tenant


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Return a server that has pictures and takes webhooks."""
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "PNG")
    there = Sink(answer(200, file.getvalue(), content_type="image/png"))
    yield there
    there.stop()


def waiting(tenant: TenantContext) -> dict[str, int]:
    """Return what is not done yet, by table."""
    with tenant_scope(tenant), transaction():
        found = {"events": Event.objects.filter(status=Event.Status.PENDING).count()}
        found["letters"] = Notification.objects.filter(status=Notification.Status.PENDING).count()
        for job in all_jobs():
            # A feed that was written waits for the next hour.
            soon = clock.now() + timedelta(minutes=30)
            found[job.name] = job.model._default_manager.filter(
                status__in=(*OPEN, "queued"), available_at__lte=soon
            ).count()
    return {name: number for name, number in found.items() if number}


def wait_until_done(tenant: TenantContext, seconds: float = RESUMED_SECONDS) -> float:
    started = time.monotonic()
    while open_ones := waiting(tenant):
        assert time.monotonic() - started < seconds, f"{open_ones}\n{_why(tenant)}"
        time.sleep(0.1)
    return time.monotonic() - started


def _why(tenant: TenantContext) -> str:
    """Return what the first open jobs say of themselves."""
    told = ("status", "available_at", "attempts", "failures", "last_error")
    with tenant_scope(tenant), transaction():
        rows = [row for job in all_jobs() for row in job.model._default_manager.filter(status__in=OPEN).values(*told)]
    return "\n".join(map(str, rows[:10]))


def count_events(tenant: TenantContext, name: str) -> int:
    with tenant_scope(tenant), transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM events_event WHERE name = %s AND status = 'done'", [name])
        return int(cursor.fetchone()[0])


def confirmed(tenant: TenantContext) -> Counter[str]:
    """Return how often each buyer is confirmed an order by a letter; every letter that is noted as sent was sent.

    A worker that dies between the mail server's "I have it" and its own note of it sends the letter again, with the
    same id, by which mailboxes know it: nobody can have both "never lost" and "never repeated" from SMTP.
    """
    said = "\n".join(path.read_text(errors="replace") for path in (settings.HOME / "mail").glob("*"))
    mailed = set(re.findall(r"^Message-ID: (\S+)", said, re.MULTILINE))
    with tenant_scope(tenant), transaction():
        letters = list(Notification.objects.all())
    assert {letter.status for letter in letters} == {Notification.Status.SENT}
    assert {letter.message_id for letter in letters} <= mailed
    return Counter(letter.recipient for letter in letters if letter.kind == Kind.ORDER_CONFIRMATION)


def test_orders_are_confirmed(queue: Broker | None, market: TenantContext) -> None:
    with worker(environment=settings_for(queue)):
        with tenant_scope(market):
            for number in range(20):
                buy(email=f"buyer-{number}@{market.slug}.example")
        seconds = wait_until_done(market)
        assert confirmed(market) == {f"buyer-{number}@{market.slug}.example": 1 for number in range(20)}
    print(f"\n20 orders confirmed {seconds:.1f} s after the last")  # noqa: T201


@pytest.mark.parametrize("outage", [5, pytest.param(300, marks=pytest.mark.long)], ids=["short", "long"])
def test_checkouts_do_not_notice_that_the_broker_is_gone(
    queue: Broker | None, market: TenantContext, outage: int
) -> None:
    if queue is None:
        return  # the database is the queue; that it may be killed is the question of other tests
    chances: list[tuple[int, str]] = []
    with worker(environment=settings_for(queue)), web(environment=settings_for(queue)) as running:
        buyer = Buyer(running.port, market)
        with tenant_scope(market), transaction():
            goods = [(Variant.objects.get(product__name="Mug").pk, 1)]
            method = ShippingMethod.objects.get(name="Standard").pk

        def shop_for(seconds: float) -> None:
            begun = time.monotonic()
            for number in range(int(seconds * CHECKOUTS_PER_SECOND)):
                time.sleep(max(0.0, begun + number / CHECKOUTS_PER_SECOND - time.monotonic()))
                email = f"buyer-{len(chances)}@{market.slug}.example"
                answer = buyer.check_out(buyer.fill(goods, method, email=email))
                chances.append((answer.status, email))

        begun = time.monotonic()
        shop_for(2)
        queue.stop()
        shop_for(outage)
        queue.wipe()
        queue.start()
        shop_for(2)
        spent = time.monotonic() - begun
        assert {status for status, _ in chances} == {201}
        seconds = wait_until_done(market, 120)
    assert count_events(market, "order.paid") == len(chances)
    assert confirmed(market) == {email: 1 for _, email in chances}
    pace = f"{len(chances)} checkouts in {spent:.0f} s"
    print(f"\n{pace}, broker gone for {outage} s and wiped; all done {seconds:.1f} s after")  # noqa: T201


def test_every_task_has_a_chore() -> None:
    assert {*(duty.name for duty in all_duties()), *JOBS} == set(CHORES)


def kill_at_each(points: Mapping[str, Callable[[], None]], queue: Broker | None, turns: Path) -> None:
    """Run workers until they have died at every point, each of which its chore makes somebody pass."""
    for point in points:
        (turns / point).touch()
    left = list(points)
    while left:
        for point in left:
            if settings.SCHEDULE.get(point.split()[-1], 0) > 1:
                points[point]()  # a worker looks for it when it starts, and then not for minutes
        with worker(environment=settings_for(queue, HANSA_DIE_AT=str(turns))) as dying:
            while left and dying.process.poll() is None:
                points[left[0]]()
                _wait_for_a_death(turns / left[0], dying)
                left = [point for point in left if (turns / point).exists()]
            assert dying.process.poll() in {None, -signal.SIGKILL}, dying.said()[-2000:]


def _wait_for_a_death(turn: Path, dying: Running) -> None:
    """Return when somebody took the turn to die, or without a broker the worker died at whatever else."""
    deadline = time.monotonic() + RESUMED_SECONDS
    while turn.exists() and dying.process.poll() is None:
        assert time.monotonic() < deadline, f"{turn.name} was not passed:\n{dying.said()[-2000:]}"
        time.sleep(0.05)


def points(queue: Broker | None, rounds: int, turn: int) -> dict[str, Callable[[Busy], None]]:
    """Return where to die, and why somebody comes by: everywhere, or in CI with a broker at a few points."""
    chores = CHORES | HANDLERS
    if queue is not None and rounds == 1:
        chores = {name: chores[name] for name in ("hansa.domain.notifications.handlers.confirm_orders", *JOBS)}
    moment = ("ending", "started")[turn % 2]
    return {f"{moment} {name}": chore for name, chore in chores.items()}


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.long)], ids=["short", "long"])
def test_whatever_a_killed_worker_was_doing_is_done_once(
    queue: Broker | None, market: TenantContext, sink: Sink, rounds: int, tmp_path: Path
) -> None:
    busy = Busy(market, sink)
    with tenant_scope(market), override_settings(OUTBOUND_ALLOW="127.0.0.1"):
        create_endpoint(url=f"{busy.address}/hook", filters=["order.*"])

    def do(chore: Callable[[Busy], None]) -> None:
        with tenant_scope(market):
            chore(busy)

    kills = 0
    for turn in range(rounds):
        there = {point: partial(do, chore) for point, chore in points(queue, rounds, turn).items()}
        kill_at_each(there, queue, tmp_path)
        kills += len(there)
    with worker(environment=settings_for(queue)):
        seconds = wait_until_done(market)
        quiet([market])
    assert confirmed(market) == dict.fromkeys(busy.buyers, 1)
    with tenant_scope(market), transaction():
        runs = ImportRun.objects.filter(pk__in=busy.imports).values_list("status", "created_products", "failed_rows")
        assert set(runs) <= {("done", 30, 0)}
        happened = {str(pk) for pk in Event.objects.filter(name__startswith="order.").values_list("pk", flat=True)}
    told = {headers["webhook-id"] for method, _, headers, _ in sink.requests if method == "POST"}
    assert len(told) == len(happened)
    print(f"\n{kills} kills; all done {seconds:.1f} s after the last worker came")  # noqa: T201
