"""Nobody holds a stock by ordering it again and again without paying."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import override_settings

from hansa.domain.carts.services.create import create_cart
from hansa.domain.carts.types import CartChanges, WantedLine
from hansa.domain.catalog.models import Variant
from hansa.domain.checkout.errors import TooManyOpenOrders
from hansa.domain.checkout.services.cancel_order import cancel_order
from hansa.domain.checkout.services.complete import complete_checkout
from hansa.domain.checkout.types import CheckoutRequest, PaymentWish
from hansa.domain.inventory.models import Reservation
from hansa.domain.orders.models import Order
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.domain.checkout.test_statements import ADA, _check_out
from tests.worlds import NOON, draft, entered, stock_shop
from tests.worlds_buying import open_shop

WAITS = PaymentWish("manual", "needs_action", {"provider": "manual", "method": "needs_action"})
CAP = 3


@pytest.fixture(autouse=True)
def _capped() -> Iterator[None]:
    with override_settings(MAX_OPEN_ORDERS_PER_EMAIL=CAP, MAX_OPEN_ORDERS_PER_ADDRESS=CAP + 1):
        yield


@pytest.fixture
def market(shop: TenantContext) -> tuple[TenantContext, UUID, UUID]:
    """Return a shop with five hundred mugs, the mug, and the way to send it."""
    opened = open_shop(shop)
    stock_shop(shop, draft("Mug", price=1000, stock=500))
    with entered(shop):
        return shop, Variant.objects.get().pk, opened.method_id


def _order(market: tuple[TenantContext, UUID, UUID], *, email: str = "ada@example.com", address: str = "") -> UUID:
    shop, mug, method = market
    with tenant_scope(shop):
        changes = CartChanges(email=email, shipping_address=ADA, shipping_method_id=method)
        cart = create_cart(lines=[WantedLine(mug, 1)], changes=changes, now=NOON)
        request = CheckoutRequest(cart.state.id, WAITS, idempotency_key=str(uuid4()), fingerprint="f", address=address)
        return complete_checkout(request, now=NOON).order_id


def _held(shop: TenantContext) -> int:
    with entered(shop):
        return Reservation.objects.filter(state="held").aggregate(held=Sum("quantity"))["held"] or 0


def _try(market: tuple[TenantContext, UUID, UUID], number: int, *, email: str, address: str) -> str:
    try:
        _order(market, email=email.format(number), address=address.format(number))
    except TooManyOpenOrders as refusal:
        return refusal.code
    finally:
        connection.close()
    return "placed"


@pytest.mark.parametrize(
    ("email", "address", "most"),
    [
        ("ada@example.com", "10.0.0.{}", CAP),
        ("buyer{}@example.com", "10.0.0.1", CAP + 1),
        ("buyer{}@example.com", "2001:db8::{}", CAP + 1),
    ],
)
def test_one_actor_who_tries_five_hundred_times_at_once_holds_no_more_than_the_cap(
    market: tuple[TenantContext, UUID, UUID], email: str, address: str, most: int
) -> None:
    with ThreadPoolExecutor(8) as threads:
        told = Counter(threads.map(lambda n: _try(market, n, email=email, address=address), range(500)))
    assert told == {"placed": most, "too_many_open_orders": 500 - most}
    assert _held(market[0]) == most


def test_the_address_in_another_case_is_the_same_buyer(market: tuple[TenantContext, UUID, UUID]) -> None:
    for _ in range(CAP):
        _order(market)
    with pytest.raises(TooManyOpenOrders, match="10 minutes"):
        _order(market, email="ADA@Example.com")
    _order(market, email="bo@example.com")


def test_an_order_that_is_over_makes_room_for_another(market: tuple[TenantContext, UUID, UUID]) -> None:
    placed = [_order(market, address="10.0.0.1") for _ in range(CAP)]
    with pytest.raises(TooManyOpenOrders):
        _order(market, address="10.0.0.1")
    with tenant_scope(market[0]):
        cancel_order(order_id=placed[0], actor="ada@example.com", reason="", now=NOON + timedelta(minutes=1))
    _order(market, address="10.0.0.1")


def test_a_refused_order_leaves_nothing_behind_and_a_rival_shop_counts_for_itself(
    market: tuple[TenantContext, UUID, UUID], rival: TenantContext
) -> None:
    for _ in range(CAP):
        _order(market)
    with pytest.raises(TooManyOpenOrders):
        _order(market)
    with entered(market[0]):
        assert Order.objects.count() == CAP
    opened = open_shop(rival)
    stock_shop(rival, draft("Mug", price=1000, stock=500))
    with entered(rival):
        mug = Variant.objects.get().pk
    _order((rival, mug, opened.method_id))


def test_the_cap_costs_a_checkout_no_statement(shop: TenantContext, rival: TenantContext) -> None:
    capped = _check_out(shop, 1)
    with override_settings(MAX_OPEN_ORDERS_PER_EMAIL=0, MAX_OPEN_ORDERS_PER_ADDRESS=0):
        assert _check_out(rival, 1) == capped
    assert capped.total() <= 25 + 4, capped
