"""What is bought is popular, and what comes to nothing is not."""

from typing import Any
from uuid import UUID

import pytest

from hansa.domain.catalog.models import Product
from hansa.domain.catalog.queries import ListingQuery, Sort
from hansa.domain.catalog.selectors import get_listing_page
from hansa.domain.catalog.services.count_purchases import count_purchases
from hansa.domain.checkout.services.cancel_order import cancel_order
from hansa.domain.events.models import Event
from hansa.domain.events.services.relay import relay_events
from hansa.domain.orders.services.count_sales import count_sales
from hansa.domain.work.services.perform import work_off
from hansa.kernel import clock
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.worlds_orders import buy, open_for_business

pytestmark = pytest.mark.usefixtures("outbox")


def bought(name: str) -> int:
    with transaction():
        return Product.objects.get(name=name).popularity


def listed() -> list[str]:
    with transaction():
        return [one["name"] for one in get_listing_page(ListingQuery(sort=Sort.POPULAR)).documents()]


def sell(**what: Any) -> UUID:
    order_id = buy(**what)
    work_off(now=clock.now())
    return order_id


def test_what_is_bought_is_listed_first_in_this_shop_only(shop: TenantContext, rival: TenantContext) -> None:
    for tenant in (shop, rival):
        open_for_business(tenant)
    with tenant_scope(shop):
        sell(mugs=0, bowls=3)
        assert (bought("Bowl"), bought("Mug"), listed()) == (3, 0, ["Bowl", "Mug"])
        sell(mugs=4, bowls=1)
        assert (bought("Bowl"), bought("Mug"), listed()) == (4, 4, listed())
        sell(mugs=1)
        assert listed() == ["Mug", "Bowl"]
    with tenant_scope(rival):
        assert (bought("Bowl"), bought("Mug")) == (0, 0)


def test_an_event_that_comes_again_counts_nothing(shop: TenantContext) -> None:
    open_for_business(shop)
    with tenant_scope(shop):
        order_id = sell(mugs=2)
        with transaction():
            assert Event.objects.filter(name="order.paid").update(status="pending", available_at=clock.now()) == 1
        work_off(now=clock.now())
        count_sales(order_ids=[order_id])
        assert bought("Mug") == 2


def test_what_nobody_paid_for_and_what_is_cancelled_does_not_count(shop: TenantContext) -> None:
    open_for_business(shop)
    with tenant_scope(shop):
        count_sales(order_ids=[sell(mugs=5, method="needs_action")])
        assert bought("Mug") == 0
        order_id = sell(mugs=2)
        assert bought("Mug") == 2
        cancel_order(order_id=order_id, reason="changed_mind", actor="staff", now=clock.now())
        work_off(now=clock.now())
        count_sales(order_ids=[order_id])
        assert bought("Mug") == 0


def test_orders_are_counted_together_each_by_what_became_of_it(shop: TenantContext) -> None:
    open_for_business(shop)
    with tenant_scope(shop):
        gone = sell(mugs=2)
        assert bought("Mug") == 2
        cancel_order(order_id=gone, reason="changed_mind", actor="staff", now=clock.now())
        paid = [buy(mugs=3, bowls=1), buy(mugs=5)]
        count_sales(order_ids=[gone, *paid])
        assert (bought("Mug"), bought("Bowl")) == (8, 1)
        work_off(now=clock.now())
        assert (bought("Mug"), bought("Bowl")) == (8, 1)


def test_orders_that_were_paid_while_nobody_worked_are_all_counted(shop: TenantContext) -> None:
    open_for_business(shop)
    with tenant_scope(shop):
        for _ in range(3):
            buy(mugs=2)
        relay_events(now=clock.now())
        assert bought("Mug") == 6


def test_a_product_that_is_gone_is_passed_over(shop: TenantContext) -> None:
    open_for_business(shop)
    with tenant_scope(shop), transaction():
        bowl = Product.objects.get(name="Bowl").pk
        count_purchases(pieces={uuid7(): 2, bowl: 1})
    with tenant_scope(shop):
        assert bought("Bowl") == 1
