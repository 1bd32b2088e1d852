"""Many buyers at once: no deadlock, one effect per key, limits that hold exactly."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from hansa.domain.checkout.errors import IdempotencyKeyReused, PaymentDeclined
from hansa.domain.checkout.types import CheckoutAnswer
from hansa.domain.inventory.services.set_bundle import set_bundle
from hansa.domain.payments.services.issue_gift_card import issue_gift_card
from hansa.domain.work.services.perform import work_off
from hansa.kernel.postgresql.reading import DatabaseUnavailable
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.domain.checkout.stalls import at_once, check_out, count, deadlocks, fill, stock
from tests.faults.invariants import check_books
from tests.worlds import NOON
from tests.worlds_buying import open_shop, promote


def settle(shop: TenantContext) -> None:
    """Let the worker do what is due, and hold the books against each other."""
    with tenant_scope(shop):
        work_off(now=NOON)
    check_books(shop)


def insist(cart: UUID, **how: Any) -> CheckoutAnswer:
    """Order; try again when a lock was waited for too long, as buyers do after a 503."""
    for _ in range(20):
        with suppress(DatabaseUnavailable):
            return check_out(cart, **how)
    pytest.fail("the database stayed unavailable")


def sweep(shop: TenantContext) -> None:
    """Let the worker finish what was left in the middle, much later."""
    with tenant_scope(shop):
        for _ in range(3):
            work_off(now=NOON + timedelta(hours=1))


def told(results: list[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


@pytest.mark.parametrize("orders", [2, pytest.param(60, marks=pytest.mark.long)], ids=["short", "long"])
def test_opposite_baskets_never_lock_each_other_out(shop: TenantContext, orders: int) -> None:
    world = open_shop(shop)
    names = [f"Part{n}" for n in range(10)]
    ids = stock(shop, NOON, 1000, **dict.fromkeys(names, 100_000), Box=0, Crate=0)
    parts = [ids[name] for name in names]
    with tenant_scope(shop):  # two bundles that share parts, and name them in opposite orders
        set_bundle(bundle_id=ids["Box"], components=dict.fromkeys(parts[:6], 1), now=NOON)
        set_bundle(bundle_id=ids["Crate"], components=dict.fromkeys(reversed(parts[3:]), 2), now=NOON)
    before = deadlocks()

    def shopper(seed: int) -> Counter[str]:
        chance = random.Random(seed)  # noqa: S311
        done: Counter[str] = Counter()
        for _ in range(orders):
            lines = [
                (chance.choice([*parts, *parts, ids["Box"], ids["Crate"]]), chance.randint(1, 3)) for _ in range(5)
            ]
            method = chance.choice(["ok", "ok", "ok", "declined"])
            cart = fill(lines[: chance.randint(2, 5)], world.method_id, email=f"b{seed}@example.com")
            try:
                check_out(cart, method=method)
                done["paid"] += 1
            except PaymentDeclined:
                done["declined"] += 1
        return done

    results = at_once(shop, [partial(shopper, seed) for seed in range(24)])
    failures = [result for result in results if isinstance(result, Exception)]
    assert not failures, failures[:3]
    assert sum(sum(result.values()) for result in results) == 24 * orders
    assert deadlocks() == before
    settle(shop)


@pytest.mark.parametrize("method", ["ok", "declined", "needs_action"])
@pytest.mark.parametrize("rounds", [2, pytest.param(70, marks=pytest.mark.long)], ids=["short", "long"])
def test_one_key_fifty_times_at_once_has_one_effect(
    shop: TenantContext, rival: TenantContext, rounds: int, method: str
) -> None:
    shops = {tenant: open_shop(tenant) for tenant in (shop, rival)}
    mugs = {tenant: stock(tenant, Mug=100_000)["Mug"] for tenant in shops}
    before = deadlocks()
    for number in range(rounds):
        key = f"attempt {number}"
        carts: dict[TenantContext, UUID] = {}
        for tenant, world in shops.items():
            with tenant_scope(tenant):
                carts[tenant] = fill([(mugs[tenant], 2)], world.method_id)
        # Each at an instant of its own: by that an attempt knows its claim.
        instants = [NOON + timedelta(microseconds=n) for n in range(50)]
        calls = [partial(check_out, carts[shop], key=key, method=method, now=now) for now in instants]
        results = at_once(shop, calls)
        answers = [result for result in results if isinstance(result, CheckoutAnswer)]
        assert set(told(results)) <= {"CheckoutAnswer", "CheckoutInProgress", "PaymentDeclined"}, told(results)
        assert len({answer.document for answer in answers}) == (method != "declined")
        assert "" not in {answer.document for answer in answers}
        assert sum(not answer.is_replay for answer in answers) == (method != "declined")
        with tenant_scope(shop):
            other = "timeout" if method != "timeout" else "ok"
            with pytest.raises(IdempotencyKeyReused):
                check_out(carts[shop], key=key, method=other)
            if method == "declined":
                with pytest.raises(PaymentDeclined):
                    check_out(carts[shop], key=key, method=method)
            else:
                again = check_out(carts[shop], key=key, method=method)
                assert (again.is_replay, again.document) == (True, answers[0].document)
        with tenant_scope(rival):
            assert not check_out(carts[rival], key=key).is_replay
    assert count(shop, "SELECT count(*) FROM orders_order") == rounds
    assert count(shop, "SELECT count(*) FROM payments_payment") == rounds
    assert count(rival, "SELECT count(*) FROM orders_order WHERE status = 'paid'") == rounds
    assert deadlocks() == before
    for tenant in shops:
        check_books(tenant, settled=False)


@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.long)], ids=["short", "long"])
def test_fifty_keys_at_once_order_one_cart_once(shop: TenantContext, rounds: int) -> None:
    world = open_shop(shop)
    mug = stock(shop, Mug=100_000)["Mug"]
    before = deadlocks()
    for _ in range(rounds):
        with tenant_scope(shop):
            cart = fill([(mug, 1)], world.method_id)
        results = at_once(shop, [partial(check_out, cart) for _ in range(50)])
        assert told(results) == {"CheckoutAnswer": 1, "CheckoutInProgress": 49}
    assert count(shop, "SELECT count(*) FROM orders_order WHERE status = 'paid'") == rounds
    assert deadlocks() == before
    settle(shop)


@pytest.mark.parametrize("limit", [1, 5])
@pytest.mark.parametrize("rounds", [2, pytest.param(50, marks=pytest.mark.long)], ids=["short", "long"])
def test_a_voucher_is_used_exactly_as_often_as_it_may_be(shop: TenantContext, rounds: int, limit: int) -> None:
    world = open_shop(shop)
    mug = stock(shop, Mug=100_000)["Mug"]
    before = deadlocks()
    for number in range(rounds):
        code = f"ROUND{number}"
        promote(shop, code, code=code, usage_limit=limit)
        with tenant_scope(shop):
            carts = [
                fill([(mug, 1)], world.method_id, email=f"b{n}@example.com", promotion_codes=(code,)) for n in range(50)
            ]
        results = at_once(shop, [partial(check_out, cart, expected_total=1390) for cart in carts])
        # Who comes later sees the full price, which is not the one that they agreed to.
        assert set(told(results)) <= {"CheckoutAnswer", "PromotionUsedUp", "CartChanged"}, told(results)
        assert told(results)["CheckoutAnswer"] == limit
    assert count(shop, "SELECT count(*) FROM orders_order WHERE discount = 100") == rounds * limit
    assert deadlocks() == before
    settle(shop)


@pytest.mark.parametrize("rounds", [2, pytest.param(50, marks=pytest.mark.long)], ids=["short", "long"])
def test_a_voucher_that_declined_orders_gave_back_is_used_in_the_end(shop: TenantContext, rounds: int) -> None:
    world = open_shop(shop)
    mug = stock(shop, Mug=100_000)["Mug"]
    before = deadlocks()
    for number in range(rounds):
        code = f"BACK{number}"
        promote(shop, code, code=code, usage_limit=5)
        card = issued(shop, 390)
        with tenant_scope(shop):
            carts = [
                fill(
                    [(mug, 1)],
                    world.method_id,
                    email=f"b{n}@example.com",
                    promotion_codes=(code,),
                    gift_card_codes=(card,),
                )
                for n in range(20)
            ]
        results = at_once(shop, [partial(insist, cart, method="declined") for cart in carts])
        # Who comes while others still hold the code, or the card's money, is told so before the bank is asked.
        expected = {"PaymentDeclined", "PromotionUsedUp", "CartChanged", "CheckoutInProgress"}
        assert set(told(results)) <= expected, results
        sweep(shop)
        assert count(shop, f"SELECT uses FROM pricing_promotion WHERE code = '{code}'") == 0
        assert count(shop, "SELECT sum(balance) FROM payments_giftcard") == 390
        at_once(shop, [partial(insist, cart, expected_total=1390) for cart in carts])
        sweep(shop)
        assert count(shop, f"SELECT uses FROM pricing_promotion WHERE code = '{code}'") == 5
        assert count(shop, "SELECT sum(balance) FROM payments_giftcard") == 0
    assert deadlocks() == before
    settle(shop)


def issued(shop: TenantContext, amount: int) -> str:
    with tenant_scope(shop):
        return issue_gift_card(amount=amount, currency="EUR", now=NOON).code


@pytest.mark.parametrize("rounds", [2, pytest.param(50, marks=pytest.mark.long)], ids=["short", "long"])
def test_a_gift_card_in_fifty_tabs_is_spent_once(shop: TenantContext, rounds: int) -> None:
    world = open_shop(shop)
    mug = stock(shop, Mug=100_000)["Mug"]
    before = deadlocks()
    for _ in range(rounds):
        cards = [issued(shop, 2000), issued(shop, 1500)]
        with tenant_scope(shop):  # in either order: they are locked in one
            carts = [
                fill([(mug, 1)], world.method_id, gift_card_codes=tuple(cards[:: 1 if n % 2 else -1]))
                for n in range(50)
            ]
        assert told(at_once(shop, [partial(check_out, cart) for cart in carts])) == {"CheckoutAnswer": 50}
        assert count(shop, "SELECT sum(balance) FROM payments_giftcard") == 0
    spent = count(shop, "SELECT sum(amount) FROM payments_ledgerentry WHERE kind = 'gift_card'")
    taken = count(shop, "SELECT sum(amount) FROM payments_ledgerentry WHERE kind = 'capture'")
    assert (spent, spent + taken) == (3500 * rounds, 1490 * 50 * rounds)
    assert deadlocks() == before
    settle(shop)


@pytest.mark.parametrize("rounds", [3, pytest.param(100, marks=pytest.mark.long)], ids=["short", "long"])
def test_what_is_given_back_meanwhile_can_be_bought_by_who_waits_for_it(
    make_tenant: Callable[..., TenantContext], rounds: int
) -> None:
    """A buyer who waits for the lock of a sold-out shelf sees what the one before puts back: or that it is empty."""
    for _ in range(rounds):
        shop = make_tenant("Shelf")
        world = open_shop(shop)
        mug = stock(shop, Mug=3)["Mug"]
        with tenant_scope(shop):
            carts = [fill([(mug, 1)], world.method_id) for _ in range(24)]
        methods = ["declined", "ok"] * 12
        results = at_once(
            shop, [partial(check_out, cart, method=how) for cart, how in zip(carts, methods, strict=True)]
        )
        assert set(told(results)) <= {"CheckoutAnswer", "PaymentDeclined", "InsufficientStock"}, results
        settle(shop)
