"""Five hundred buyers, fifty pieces, over HTTP: exactly fifty are sold, whatever the buyers do."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.db import connection

from hansa.domain.catalog.models import Variant
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.faults.buyers import Answer, Buyer, FilledCart, crowd, percentile, rush
from tests.faults.serving import Running, quiet
from tests.worlds import draft, stock_shop
from tests.worlds_buying import open_shop

AT_ONCE = 64
UNITS = 50
BUYERS = 500


def on_sale(shop: TenantContext) -> tuple[UUID, UUID]:
    """Put fifty pieces on sale; returns the variant and the way to send it."""
    world = open_shop(shop)
    stock_shop(shop, draft("Lamp", price=4900, stock=UNITS))
    with tenant_scope(shop), transaction():
        return Variant.objects.get(product__name="Lamp").pk, world.method_id


def paid_orders(shop: TenantContext) -> int:
    with tenant_scope(shop), transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM orders_order WHERE status = 'paid'")
        return int(cursor.fetchone()[0])


def stock(shop: TenantContext) -> tuple[int, int]:
    with tenant_scope(shop), transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT sum(on_hand), sum(reserved) FROM inventory_stockitem")
        on_hand, reserved = cursor.fetchone()
        return int(on_hand), int(reserved)


def queue_up(buyer: Buyer, chance: random.Random, variant: UUID, method_id: UUID, buyers: int) -> list[FilledCart]:
    """Let all buyers fill their carts before the sale begins, and stand in a random order."""
    carts = crowd(
        [partial(buyer.fill, [(variant, 1)], method_id, email=f"buyer{n}@example.com") for n in range(buyers)],
        at_once=8,
    )
    chance.shuffle(carts)
    return carts


@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.long)], ids=["short", "long"])
def test_exactly_what_is_there_is_sold(served: Running, make_tenant: Callable[..., TenantContext], rounds: int) -> None:
    shops = []
    sold_out: list[float] = []
    sold: list[float] = []
    for seed in range(rounds):
        shop = make_tenant("Flash")
        shops.append(shop)
        buyer = Buyer(served.port, shop)
        carts = queue_up(buyer, random.Random(seed), *on_sale(shop), BUYERS)  # noqa: S311
        answers = rush(served.port, [buyer.order(cart) for cart in carts], at_once=AT_ONCE)
        assert Counter((answer.status, answer.code) for answer in answers) == {
            (201, ""): UNITS,
            (409, "insufficient_stock"): BUYERS - UNITS,
        }, f"seed {seed}"
        sold += [answer.seconds for answer in answers if answer.status == 201]
        sold_out += [answer.seconds for answer in answers if answer.status == 409]
        assert (paid_orders(shop), stock(shop)) == (UNITS, (UNITS, UNITS)), f"seed {seed}"
    settled_in = quiet(shops)
    print(  # noqa: T201
        f"\nflash sale: {rounds} rounds, seeds 0–{rounds - 1}, {BUYERS} buyers, {UNITS} units, {AT_ONCE} at once:"
        f" {len(sold)} sold; sold p50 {percentile(sold, 0.5)} ms, p95 {percentile(sold, 0.95)} ms;"
        f" sold out p50 {percentile(sold_out, 0.5)} ms, p95 {percentile(sold_out, 0.95)} ms (bar 300 ms);"
        f" quiet after {settled_in:.1f} s"
    )


class Patience:
    """Buyers who come back until the shop is really sold out: nothing left, and nobody holds anything."""

    def __init__(self, buyer: Buyer, shop: TenantContext, chance: random.Random) -> None:
        self.buyer, self.shop = buyer, shop
        self._chance = chance
        self._lock = threading.Lock()
        self.abandoned: list[Answer] = []

    def mood(self) -> str:
        """Return how the next attempt goes: three in ten are declined or left at the bank."""
        with self._lock:
            return self._chance.choices(("ok", "declined", "needs_action"), (70, 15, 15))[0]

    def buy(self, cart: FilledCart) -> bool:
        """Try until it is bought, or given up; returns whether it was bought."""
        while paid_orders(self.shop) < UNITS:
            mood = self.mood()
            answer = self.buyer.keep_trying(cart, key=str(uuid4()), method=mood)
            assert (answer.status, answer.code) in {
                (201, ""),
                (402, "payment_declined"),
                (409, "insufficient_stock"),
            }, answer.body
            if answer.status == 201 and mood == "ok":
                return True
            if answer.status == 201:
                return False  # gone, and never comes back
        return False


@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.long)], ids=["short", "long"])
def test_what_declined_and_vanished_buyers_held_is_sold_in_the_end(
    served: Running, make_tenant: Callable[..., TenantContext], rounds: int
) -> None:
    shops, late = [], []
    for seed in range(rounds):
        shop = make_tenant("Return")
        shops.append(shop)
        variant, method_id = on_sale(shop)
        buyer = Buyer(served.port, shop)
        chance = random.Random(seed)  # noqa: S311
        carts = queue_up(buyer, chance, variant, method_id, 2 * UNITS)
        patience = Patience(buyer, shop, chance)
        bought = crowd([partial(patience.buy, cart) for cart in carts], at_once=AT_ONCE)
        assert (sum(bought), paid_orders(shop)) == (UNITS, UNITS), f"seed {seed}"
        late += delays_of_release(shop)
    settled_in = quiet(shops)
    for shop in shops:
        assert (paid_orders(shop), stock(shop)) == (UNITS, (UNITS, UNITS)), shop.slug
    print(  # noqa: T201
        f"\nflash sale with 30 % declined and abandoned: {rounds} rounds, seeds 0–{rounds - 1}: {UNITS} sold in each;"
        f" {len(late)} holds released after their time, p50 {percentile(late, 0.5) / 1000:.2f} s,"
        f" last {max(late, default=0):.2f} s late (bar 5 s); quiet after {settled_in:.1f} s"
    )


def delays_of_release(shop: TenantContext) -> list[float]:
    """Return how many seconds after its time each abandoned hold was given back, by the ledger's own clock."""
    with tenant_scope(shop), transaction(), connection.cursor() as cursor:
        cursor.execute("""
            SELECT extract(epoch FROM m.created_at - r.expires_at)::float
            FROM inventory_stockmovement m JOIN inventory_reservation r
                ON r.reference = m.reference AND r.stock_item_id = m.stock_item_id
            WHERE m.kind = 'release' AND m.reason = 'expired'
        """)
        return [late for (late,) in cursor.fetchall()]
