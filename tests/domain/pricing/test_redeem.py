"""Promotions with limits, when everybody comes at once."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from hansa.domain.pricing.errors import PromotionUsedUp
from hansa.domain.pricing.models import Promotion, PromotionCustomer, PromotionUse
from hansa.domain.pricing.selectors import get_promotions
from hansa.domain.pricing.services.redeem import redeem
from hansa.domain.pricing.services.release_uses import release_uses
from hansa.domain.pricing.services.save_promotion import save_promotion
from hansa.domain.pricing.services.violations import named_violations
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import together
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import TransactionRequired, transaction
from tests.worlds import NOON, entered

THREADS = 50


def _promotion(shop: TenantContext, **fields: Any) -> Promotion:
    with tenant_scope(shop):
        return save_promotion(
            promotion=Promotion(**({"name": "Ten", "kind": "percentage", "rate_ppm": 100_000} | fields))
        )


def _redeem(shop: TenantContext, *promotions: Promotion, who: str = "ada@example.com") -> UUID:
    reference = uuid7()
    with entered(shop):
        redeem(reference=reference, promotion_ids=[p.pk for p in promotions], customer_key=who, now=NOON)
    return reference


def _at_once(work: Callable[[int], object]) -> list[bool]:
    """Do the work in many threads that start together; tells which of them got a use."""
    barrier = Barrier(THREADS)

    def one(number: int) -> bool:
        barrier.wait()
        try:
            work(number)
        except PromotionUsedUp:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(one, range(THREADS)))


@pytest.mark.parametrize("limit", [1, 5])
def test_a_limit_holds_when_fifty_come_at_once(shop: TenantContext, limit: int) -> None:
    for _ in range(3):
        promotion = _promotion(shop, usage_limit=limit)
        got = _at_once(lambda number, p=promotion: _redeem(shop, p, who=f"{number}@example.com"))  # type: ignore[misc]
        assert sum(got) == limit
        with entered(shop):
            assert Promotion.objects.get(pk=promotion.pk).uses == limit
            assert PromotionUse.objects.filter(promotion=promotion).count() == limit


@pytest.mark.parametrize("limit", [1, 5])
def test_a_limit_per_customer_holds_in_fifty_tabs(shop: TenantContext, limit: int) -> None:
    promotion = _promotion(shop, usage_limit_per_customer=limit)
    who = ["Ada@Example.com", "ada@example.com "]
    got = _at_once(lambda number: _redeem(shop, promotion, who=who[number % 2]))
    assert sum(got) == limit
    _redeem(shop, promotion, who="bob@example.com")
    with entered(shop):
        assert PromotionUse.objects.filter(promotion=promotion).count() == limit + 1
        assert Promotion.objects.get(pk=promotion.pk).uses == 0, "without a total limit nobody counts"


def test_opposite_orders_of_promotions_never_deadlock(shop: TenantContext) -> None:
    promotions = [_promotion(shop, usage_limit=1000, usage_limit_per_customer=1000) for _ in range(6)]

    def work(number: int) -> None:
        mine = promotions if number % 2 else list(reversed(promotions))
        reference = _redeem(shop, *mine)
        if number % 3 == 0:
            with entered(shop):
                release_uses(reference=reference, now=NOON)

    assert all(_at_once(work))
    left = THREADS - len(range(0, THREADS, 3))
    with entered(shop):
        assert set(Promotion.objects.values_list("uses", flat=True)) == {left}
        assert set(PromotionCustomer.objects.values_list("uses", flat=True)) == {left}


def test_a_limit_that_is_given_amid_the_rush_is_kept_too(shop: TenantContext) -> None:
    promotion = _promotion(shop)

    def work(number: int) -> None:
        if number == 7:
            with tenant_scope(shop):
                promotion.usage_limit = THREADS
                save_promotion(promotion=promotion)
        else:
            _redeem(shop, promotion)

    assert all(_at_once(work))
    with entered(shop):
        assert Promotion.objects.get(pk=promotion.pk).uses == THREADS - 1


def _until_somebody_waits() -> None:
    """Return once another connection of this database waits for a lock."""
    asked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    deadline = monotonic() + 20
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as observer:
        while observer.execute(asked).fetchone() is None:
            assert monotonic() < deadline, "nobody waits"


def test_who_redeems_while_a_limit_is_given_is_counted(shop: TenantContext) -> None:
    promotion = _promotion(shop)
    with ThreadPoolExecutor(1) as threads:
        with entered(shop):
            promotion.usage_limit, promotion.usage_limit_per_customer = 5, 5
            save_promotion(promotion=promotion)
            redeeming = threads.submit(_in_thread, lambda: _redeem(shop, promotion))
            _until_somebody_waits()
        redeeming.result(20)
    with entered(shop):
        assert Promotion.objects.get(pk=promotion.pk).uses == 1
        assert PromotionCustomer.objects.get().uses == 1


def test_a_limit_that_is_given_waits_for_those_who_redeem_and_counts_them(shop: TenantContext) -> None:
    promotion = _promotion(shop)

    def limit() -> None:
        with tenant_scope(shop):
            promotion.usage_limit, promotion.usage_limit_per_customer = 5, 5
            save_promotion(promotion=promotion)

    with ThreadPoolExecutor(1) as threads:
        with entered(shop):
            redeem(reference=uuid7(), promotion_ids=[promotion.pk], customer_key="ada@example.com", now=NOON)
            limiting = threads.submit(_in_thread, limit)
            _until_somebody_waits()
        limiting.result(20)
    with entered(shop):
        assert Promotion.objects.get(pk=promotion.pk).uses == 1
        assert PromotionCustomer.objects.get().uses == 1


def _in_thread(work: Callable[[], object]) -> None:
    try:
        work()
    finally:
        connection.close()


def test_it_is_all_or_nothing(shop: TenantContext) -> None:
    plenty, scarce = _promotion(shop, usage_limit=10), _promotion(shop, usage_limit=1)
    _redeem(shop, scarce)
    with pytest.raises(PromotionUsedUp) as refused:
        _redeem(shop, plenty, scarce)
    assert refused.value.errors[0].field == "promotion_codes"
    with entered(shop):
        assert Promotion.objects.get(pk=plenty.pk).uses == 0
        assert not PromotionUse.objects.filter(promotion=plenty).exists()


def test_the_same_reference_uses_a_promotion_once(shop: TenantContext) -> None:
    promotion = _promotion(shop, usage_limit=1, usage_limit_per_customer=1)
    reference = uuid7()
    for _ in range(2):
        with entered(shop):
            redeem(reference=reference, promotion_ids=[promotion.pk], customer_key="ada@example.com", now=NOON)
    with entered(shop):
        assert Promotion.objects.get(pk=promotion.pk).uses == 1


def test_a_use_is_given_back_once(shop: TenantContext) -> None:
    promotion = _promotion(shop, usage_limit=1, usage_limit_per_customer=1)
    reference = _redeem(shop, promotion)
    for _ in range(3):
        with entered(shop):
            release_uses(reference=reference, now=NOON)
    with entered(shop):
        assert Promotion.objects.get(pk=promotion.pk).uses == 0
        assert PromotionCustomer.objects.get().uses == 0
    _redeem(shop, promotion)
    with pytest.raises(PromotionUsedUp):
        _redeem(shop, promotion)


def test_fifty_releases_of_one_use_give_back_one(shop: TenantContext) -> None:
    promotion = _promotion(shop, usage_limit=5)
    reference = _redeem(shop, promotion)
    _redeem(shop, promotion)

    def work(_number: int) -> None:
        with entered(shop):
            release_uses(reference=reference, now=NOON)

    assert all(_at_once(work))
    with entered(shop):
        assert Promotion.objects.get(pk=promotion.pk).uses == 1


def test_within_a_batch_the_refusal_comes_at_its_end(shop: TenantContext) -> None:
    promotion = _promotion(shop, usage_limit=1)
    _redeem(shop, promotion)
    with pytest.raises(PromotionUsedUp), named_violations(), entered(shop), together():
        redeem(reference=uuid7(), promotion_ids=[promotion.pk], customer_key="eve@example.com", now=NOON)
    with entered(shop):
        assert PromotionUse.objects.count() == 1


def test_redeeming_needs_the_callers_transaction(shop: TenantContext) -> None:
    with tenant_scope(shop), pytest.raises(TransactionRequired):
        redeem(reference=uuid7(), promotion_ids=[], customer_key="", now=NOON)


def test_a_rivals_promotion_cannot_be_redeemed(shop: TenantContext, rival: TenantContext) -> None:
    theirs = _promotion(rival, usage_limit=1)
    _redeem(shop, theirs)
    with entered(shop):
        assert not PromotionUse.objects.exists()
    with entered(rival):
        assert Promotion.objects.get(pk=theirs.pk).uses == 0


def test_a_new_limit_counts_what_was_used_before(shop: TenantContext) -> None:
    promotion = _promotion(shop, code="again")
    _redeem(shop, promotion)
    with tenant_scope(shop):
        promotion.usage_limit, promotion.usage_limit_per_customer = 2, 1
        save_promotion(promotion=promotion)
    with pytest.raises(PromotionUsedUp):
        _redeem(shop, promotion)
    _redeem(shop, promotion, who="bob@example.com")
    with pytest.raises(PromotionUsedUp):
        _redeem(shop, promotion, who="cleo@example.com")
    with tenant_scope(shop), transaction():
        (candidate,), customer = get_promotions(codes=["AGAIN"], at=NOON, customer_key="ada@example.com")
    assert (candidate.uses, customer.uses) == (2, {promotion.pk: 1})
