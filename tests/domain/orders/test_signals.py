"""Signals for extensions: after the commit, and robust."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from hansa.domain.events.models import Event
from hansa.domain.events.services.relay import relay_events
from hansa.domain.orders.signals import order_paid, order_placed
from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext, get_current_tenant, tenant_scope
from hansa.kernel.transactions import transaction
from tests.worlds_orders import buy, open_for_business


class Extension:
    """Notes what it is told, and fails as often as it shall."""

    def __init__(self, failures: int = 0) -> None:
        self.told: list[Any] = []
        self.failures = failures

    def listen(self, **facts: Any) -> None:
        self.told.append((get_current_tenant().id, facts["order_id"], facts["event_id"]))
        if self.failures:
            self.failures -= 1
            message = "not today"
            raise RuntimeError(message)


@pytest.fixture
def bad() -> Iterator[Extension]:
    extension = Extension(failures=1)
    order_placed.connect(extension.listen)
    yield extension
    order_placed.disconnect(extension.listen)


@pytest.fixture
def good(bad: Extension) -> Iterator[Extension]:  # noqa: ARG001  (connected before us)
    extension = Extension()
    order_placed.connect(extension.listen)
    order_paid.connect(extension.listen)
    yield extension
    order_placed.disconnect(extension.listen)
    order_paid.disconnect(extension.listen)


def test_one_bad_receiver_stops_no_other_and_is_asked_again(
    shop: TenantContext, bad: Extension, good: Extension
) -> None:
    open_for_business(shop)
    with tenant_scope(shop):
        order_id = buy()
        assert good.told == []
        relay_events(now=clock.now())
        with transaction():
            placed, paid = (Event.objects.get(name=name) for name in ("order.placed", "order.paid"))
        assert good.told == bad.told == [(shop.id, order_id, placed.pk)]
        assert (placed.status, "not today" in placed.last_error) == ("pending", True)
        relay_events(now=clock.now() + timedelta(seconds=5))
        relay_events(now=clock.now() + timedelta(seconds=5))
        assert bad.told == [(shop.id, order_id, placed.pk)] * 2
        assert good.told == [*[(shop.id, order_id, placed.pk)] * 2, (shop.id, order_id, paid.pk)]
        with transaction():
            assert not Event.objects.filter(name__startswith="order.").exclude(status="done").exists()
