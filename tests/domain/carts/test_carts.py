"""Carts: what may be in them, how they are priced, merged and forgotten."""

import itertools
import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from hansa.domain.carts.errors import CartClosed, CartNotFound, InvalidCart, LineNotFound, TooManyLines, VariantNotFound
from hansa.domain.carts.models import MAX_LINES, MAX_QUANTITY, Cart
from hansa.domain.carts.selectors import get_cart
from hansa.domain.carts.services.change import add_line, change_cart, remove_line, set_quantity
from hansa.domain.carts.services.create import create_cart
from hansa.domain.carts.services.forget import ABANDONED_AFTER, EXPIRED_AFTER, expire_carts, note_abandoned_carts
from hansa.domain.carts.services.merge import merge_carts
from hansa.domain.carts.types import CartChanges, WantedLine
from hansa.domain.catalog.models import Product, Variant
from hansa.domain.catalog.services.archive_products import archive_products
from hansa.domain.events.models import Event
from hansa.kernel.errors import Invalid
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.worlds import NOON, draft, entered, stock_shop
from tests.worlds_buying import open_shop, promote

ADA = {
    "first_name": "Ada",
    "last_name": "Byron",
    "line1": "1 High Street",
    "city": "Berlin",
    "postal_code": "10115",
    "country": "DE",
}


@pytest.fixture
def mug(shop: TenantContext) -> UUID:
    open_shop(shop)
    stock_shop(shop, draft("Mug", price=1000, stock=5), draft("Bowl", price=2500, stock=3))
    return _variant(shop, "Mug")


def _variant(tenant: TenantContext, name: str) -> UUID:
    with entered(tenant):
        return Variant.objects.get(product__name=name).pk


def test_the_same_variant_twice_is_one_line(shop: TenantContext, mug: UUID) -> None:
    with tenant_scope(shop):
        cart = create_cart(lines=[WantedLine(mug, 1), WantedLine(mug, 2)], now=NOON)
        cart = add_line(cart_id=cart.state.id, wanted=WantedLine(mug, 1), now=NOON)
        assert [(line.quantity, line.seen_price) for line in cart.state.lines] == [(4, 1000)]
        assert cart.basket.subtotal == 4000
        assert cart == get_cart(cart_id=cart.state.id, now=NOON)


def test_every_change_raises_the_version(shop: TenantContext, mug: UUID) -> None:
    with tenant_scope(shop):
        cart = create_cart(now=NOON)
        cart_id = cart.state.id
        versions = [cart.state.version]
        cart = add_line(cart_id=cart_id, wanted=WantedLine(mug, 1), now=NOON)
        versions.append(cart.state.version)
        line_id = cart.state.lines[0].id
        versions.append(set_quantity(cart_id=cart_id, line_id=line_id, quantity=3, now=NOON).state.version)
        versions.append(change_cart(cart_id=cart_id, changes=CartChanges(email="a@b.example"), now=NOON).state.version)
        versions.append(remove_line(cart_id=cart_id, line_id=line_id, now=NOON).state.version)
        assert versions == [1, 2, 3, 4, 5]
        assert get_cart(cart_id=cart_id, now=NOON).state.version == 5


def test_what_makes_no_sense_is_refused(shop: TenantContext, mug: UUID) -> None:
    with tenant_scope(shop):
        cart_id = create_cart(now=NOON).state.id
        for quantity in (0, -1, MAX_QUANTITY + 1):
            with pytest.raises(InvalidCart):
                add_line(cart_id=cart_id, wanted=WantedLine(mug, quantity), now=NOON)
        with pytest.raises(VariantNotFound):
            add_line(cart_id=cart_id, wanted=WantedLine(uuid4(), 1), now=NOON)
        with pytest.raises(LineNotFound):
            set_quantity(cart_id=cart_id, line_id=uuid4(), quantity=1, now=NOON)
        with pytest.raises(CartNotFound):
            get_cart(cart_id=uuid4(), now=NOON)
        with pytest.raises(InvalidCart):
            change_cart(cart_id=cart_id, changes=CartChanges(email="nobody"), now=NOON)
        with pytest.raises(Invalid) as refused:
            change_cart(cart_id=cart_id, changes=CartChanges(shipping_address=ADA | {"country": "XX"}), now=NOON)
        assert [error.field for error in refused.value.errors] == ["shipping_address.country"]
        with pytest.raises(TooManyLines):
            create_cart(lines=[WantedLine(mug, 1)] * (MAX_LINES + 1), now=NOON)
        assert get_cart(cart_id=cart_id, now=NOON).state.lines == ()


def test_another_shops_cart_does_not_exist(shop: TenantContext, rival: TenantContext, mug: UUID) -> None:
    with tenant_scope(shop):
        cart_id = create_cart(lines=[WantedLine(mug, 1)], now=NOON).state.id
    with tenant_scope(rival):
        with pytest.raises(CartNotFound):
            get_cart(cart_id=cart_id, now=NOON)
        with pytest.raises(VariantNotFound):
            create_cart(lines=[WantedLine(mug, 1)], now=NOON)


def test_a_line_says_when_its_product_is_gone_dearer_or_too_few(shop: TenantContext, mug: UUID) -> None:
    bowl = _variant(shop, "Bowl")
    with tenant_scope(shop):
        cart_id = create_cart(lines=[WantedLine(mug, 6), WantedLine(bowl, 1)], now=NOON).state.id
    with entered(shop):
        Variant.objects.filter(pk=mug).update(price_amount=1200)
        archive_products(product_ids=[Product.objects.get(name="Bowl").pk], now=NOON)
    with tenant_scope(shop):
        cart = get_cart(cart_id=cart_id, now=NOON)
    codes = {line.line.name: [issue.code for issue in line.issues] for line in cart.lines}
    assert codes == {"Mug": ["price_raised", "not_enough"], "Bowl": ["gone"]}
    assert "€10.00" in cart.lines[0].issues[0].message
    assert "€12.00" in cart.lines[0].issues[0].message
    assert cart.basket.subtotal == 7200


def test_a_cart_knows_its_ways_to_be_sent_and_what_they_cost(shop: TenantContext, mug: UUID) -> None:
    with tenant_scope(shop):
        cart = create_cart(lines=[WantedLine(mug, 1)], changes=CartChanges(shipping_address=ADA), now=NOON)
        (option,) = cart.options
        changes = CartChanges(shipping_method_id=option.id)
        cart = change_cart(cart_id=cart.state.id, changes=changes, now=NOON)
    assert (cart.basket.shipping_total, cart.basket.total, cart.basket.tax) == (490, 1490, 160 + 78)


def test_a_first_order_promotion_and_a_code_work_together_as_the_rules_say(shop: TenantContext, mug: UUID) -> None:
    promote(shop, "First", code="FIRST", is_first_order_only=True)
    with tenant_scope(shop):
        changes = CartChanges(email="ada@example.com", promotion_codes=("first",))
        cart = create_cart(lines=[WantedLine(mug, 1)], changes=changes, now=NOON)
    assert cart.basket.discount == 100


def test_a_guests_cart_is_merged_into_the_customers(shop: TenantContext, mug: UUID) -> None:
    bowl, customer = _variant(shop, "Bowl"), uuid4()
    with tenant_scope(shop):
        own = create_cart(lines=[WantedLine(mug, 1)], customer_id=customer, now=NOON)
        guest = create_cart(lines=[WantedLine(mug, 3), WantedLine(bowl, 1)], now=NOON)
        cart = merge_carts(guest_cart_id=guest.state.id, customer_id=customer, now=NOON)
        assert cart.state.id == own.state.id
        assert {line.variant_id: line.quantity for line in cart.state.lines} == {mug: 3, bowl: 1}
        again = merge_carts(guest_cart_id=guest.state.id, customer_id=customer, now=NOON)
        assert again.state.lines == cart.state.lines
        with pytest.raises(CartClosed):
            add_line(cart_id=guest.state.id, wanted=WantedLine(mug, 1), now=NOON)
        first = merge_carts(guest_cart_id=create_cart(now=NOON).state.id, customer_id=uuid4(), now=NOON)
        assert first.state.customer_id is not None


def test_a_customers_cart_opens_for_them_alone(shop: TenantContext, mug: UUID) -> None:
    customer = uuid4()
    with tenant_scope(shop):
        cart = create_cart(lines=[WantedLine(mug, 1)], customer_id=customer, now=NOON)
        cart_id, line_id = cart.state.id, cart.state.lines[0].id
        somewhere = CartChanges(email="a@b.example")
        ways: list[Callable[[UUID | None], object]] = [
            lambda who: get_cart(cart_id=cart_id, now=NOON, asker=who),
            lambda who: add_line(cart_id=cart_id, wanted=WantedLine(mug, 1), now=NOON, asker=who),
            lambda who: set_quantity(cart_id=cart_id, line_id=line_id, quantity=2, now=NOON, asker=who),
            lambda who: remove_line(cart_id=cart_id, line_id=line_id, now=NOON, asker=who),
            lambda who: change_cart(cart_id=cart_id, changes=somewhere, now=NOON, asker=who),
        ]
        for asker, way in itertools.product((None, uuid4()), ways):
            with pytest.raises(CartNotFound):
                way(asker)
        assert get_cart(cart_id=cart_id, now=NOON, asker=customer) == cart


def test_changes_at_the_same_moment_are_all_kept(shop: TenantContext, mug: UUID) -> None:
    with tenant_scope(shop):
        cart_id = create_cart(now=NOON).state.id
    start = threading.Barrier(8)

    def add() -> None:
        start.wait()
        try:
            with tenant_scope(shop):
                for _ in range(3):
                    add_line(cart_id=cart_id, wanted=WantedLine(mug, 1), now=NOON)
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant_scope(shop):
        cart = get_cart(cart_id=cart_id, now=NOON)
    assert (cart.state.lines[0].quantity, cart.state.version) == (24, 25)


def test_abandoned_carts_are_told_once_and_old_ones_expire(shop: TenantContext, mug: UUID) -> None:
    with tenant_scope(shop):
        cart_id = create_cart(lines=[WantedLine(mug, 1)], now=NOON).state.id
        create_cart(now=NOON)
        later = NOON + ABANDONED_AFTER
        assert [note_abandoned_carts(now=later), note_abandoned_carts(now=later)] == [1, 0]
        add_line(cart_id=cart_id, wanted=WantedLine(mug, 1), now=later)
        assert note_abandoned_carts(now=later + ABANDONED_AFTER) == 1
        assert expire_carts(now=NOON + EXPIRED_AFTER - timedelta(seconds=1)) == 0
        assert expire_carts(now=later + EXPIRED_AFTER) == 2
        with pytest.raises(CartClosed):
            add_line(cart_id=cart_id, wanted=WantedLine(mug, 1), now=later)
    with entered(shop):
        assert set(Cart.objects.values_list("status", flat=True)) == {"expired"}
        assert Event.objects.filter(name="cart.abandoned").count() == 2
