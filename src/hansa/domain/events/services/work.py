"""The worker: it relays events and does the duties, for every tenant that has work waiting."""

import time
from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import DatabaseError, InterfaceError, connection
from structlog.contextvars import bound_contextvars

from hansa.domain.events.registry import RegisteredDuty, all_duties
from hansa.domain.events.services.relay import BATCH, relay_events
from hansa.domain.tenants.selectors import get_tenants
from hansa.kernel import clock
from hansa.kernel.errors import Unavailable
from hansa.kernel.tenancy import TenantContext, tenant_scope

PAUSE_SECONDS = 0.2
"""How long a worker with nothing to do waits before it looks again."""

_log = structlog.get_logger("hansa.worker")


def _relay_all(now: datetime) -> None:
    while relay_events(now=now) >= BATCH:
        pass


_RELAY = RegisteredDuty(name="relay_events", run=_relay_all, every=0.0, due="events_event_due")


def work(*, pause: Callable[[float], bool]) -> None:
    """Work until `pause(seconds)` answers that it is time to stop.

    A failure of one duty for one tenant is logged and tried again on the next round; when the
    database is away, the worker waits for it.
    """
    next_turn: dict[str, float] = {}
    while True:
        started = time.monotonic()
        for duty in (_RELAY, *all_duties()):
            if next_turn.get(duty.name, 0.0) <= started:
                next_turn[duty.name] = started + duty.every
                perform(duty)
        if pause(PAUSE_SECONDS):
            return


def perform(duty: RegisteredDuty) -> int:
    """Do a duty once, for each tenant that is due; returns for how many."""
    try:
        tenants = _due_tenants(duty, clock.now())
    except (DatabaseError, InterfaceError, Unavailable) as error:
        _log.warning("database_away", duty=duty.name, reason=str(error).strip())
        connection.close()
        return 0
    for tenant in tenants:
        with tenant_scope(tenant), bound_contextvars(tenant=tenant.slug, duty=duty.name):
            try:
                duty.run(clock.now())
            except Exception:  # noqa: BLE001  (whatever one duty does for one tenant, the others go on)
                _log.exception("duty_failed")
                connection.close()
    connection.close()
    return len(tenants)


def work_off(*, now: datetime) -> None:
    """Do all that is due for the current tenant, until no event waits: for commands and tests."""
    for duty in all_duties():
        duty.run(now)
    while relay_events(now=now):
        pass


def _due_tenants(duty: RegisteredDuty, now: datetime) -> list[TenantContext]:
    with connection.cursor() as cursor:
        # The function's name is a constant of ours: it stands in a decorator.
        cursor.execute(f"SELECT {duty.due}(%s)", [now])
        ids = [row[0] for row in cursor.fetchall()]
    return get_tenants(ids) if ids else []
