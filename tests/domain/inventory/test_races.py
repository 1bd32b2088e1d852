"""Whatever happens in whatever order, at the same time or not: the books balance, and nobody deadlocks."""

import contextlib
import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hansa.domain.catalog.models import Variant
from hansa.domain.inventory.errors import InsufficientStock, NothingToShip, StockReserved
from hansa.domain.inventory.models import Warehouse
from hansa.domain.inventory.selectors import reconcile
from hansa.domain.inventory.services.adjust import adjust
from hansa.domain.inventory.services.allocate import allocate
from hansa.domain.inventory.services.count_stock import count_stock
from hansa.domain.inventory.services.create_warehouse import create_warehouse
from hansa.domain.inventory.services.publish_availability import publish_availability
from hansa.domain.inventory.services.receive import receive
from hansa.domain.inventory.services.release import release
from hansa.domain.inventory.services.release_expired import release_expired
from hansa.domain.inventory.services.set_backorder_limit import set_backorder_limit
from hansa.domain.inventory.services.set_bundle import set_bundle
from hansa.domain.inventory.services.ship import ship
from hansa.domain.inventory.services.transfer import transfer
from hansa.kernel.tenancy import TenantContext
from hansa.kernel.transactions import transaction
from tests.domain.inventory.goods import SOON, at_once, counters, hold, published, stocked
from tests.worlds import NOON

pytestmark = pytest.mark.usefixtures("in_shop")
LATE = SOON + timedelta(seconds=1)


def _deadlocks() -> int:
    """Return how many deadlocks PostgreSQL has broken in this database, with what other sessions have told by now."""
    with transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        (number,) = cursor.fetchone()
    return int(number)


def _allocate(reference: UUID) -> bool:
    with transaction():
        return allocate(reference=reference)


def _release(reference: UUID) -> int:
    with transaction():
        return release(reference=reference, now=NOON, reason="declined")


def test_opposite_baskets_with_shared_parts_never_deadlock(shop: TenantContext) -> None:
    variants = [stocked(f"Thing {number}", stock=60) for number in range(10)]
    bundles = [stocked(f"Bundle {number}", stock=0) for number in range(4)]
    for number, bundle in enumerate(bundles):
        parts = {variants[(number + step) % 10]: 1 + step % 2 for step in (0, 3, 5)}
        set_bundle(bundle_id=bundle, components=parts, now=NOON)
    goods = variants + bundles
    before = _deadlocks()

    def buy(seed: int) -> int:
        chance = random.Random(seed)  # noqa: S311  (the same on every run)
        sold = 0
        for _ in range(8):
            basket = [chance.choice(goods) for _ in range(chance.randint(2, 8))]
            demands: dict[UUID, int] = {}
            for variant in basket if seed % 2 else reversed(basket):
                demands[variant] = demands.get(variant, 0) + 1
            try:
                reference = hold(demands)
            except InsufficientStock:
                continue
            sold += 1
            (_release if chance.random() < 0.3 else _allocate)(reference)
        return sold

    results = at_once([partial(buy, seed) for seed in range(24)], shop)
    assert all(isinstance(result, int) for result in results), results
    assert sum(results) > 24
    assert _deadlocks() == before
    for variant in variants:
        on_hand, reserved = counters(variant)
        assert 0 <= reserved <= on_hand == 60


def test_staff_an_import_the_publisher_and_buyers_work_on_the_same_shelf(shop: TenantContext) -> None:
    names = [f"Thing {number}" for number in range(5)]
    variants = [stocked(name, stock=40) for name in names]
    harbour = create_warehouse(name="Harbour", code="harbour")
    with transaction():
        main = Warehouse.objects.get(is_default=True).pk
    before = _deadlocks()

    def sells(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311
        for _ in range(6):
            try:
                reference = hold(dict.fromkeys(chance.sample(variants, 3), 1))
            except InsufficientStock:
                continue
            if chance.random() < 0.5:
                _allocate(reference)
                ship(reference=reference, quantities=None, now=NOON, actor="staff")

    def moves() -> None:
        for variant in variants:
            transfer(
                quantities={variant: 2}, from_warehouse_id=main, to_warehouse_id=harbour.pk, now=NOON, actor="staff"
            )
            receive(quantities={variant: 3}, now=NOON, actor="staff")

    def publishes() -> None:
        for _ in range(6):
            publish_availability(variant_ids=None)
            release_expired(variant_ids=None, now=LATE)

    works: list[Callable[[], Any]] = [partial(sells, seed) for seed in range(8)]
    works += [
        moves,
        partial(publish_availability, variant_ids=variants),
        publishes,
        publishes,
        _edit_the_catalogue,
    ]
    results = at_once(works, shop)
    assert [str(result) for result in results if isinstance(result, Exception)] == []
    assert _deadlocks() == before
    publish_availability(variant_ids=None)
    for variant in variants:
        shelves = [counters(variant), counters(variant, "harbour")]
        assert published(variant) == sum(on_hand - reserved for on_hand, reserved in shelves)


def _edit_the_catalogue() -> None:
    """Write numbers as the catalogue's services do: products locked, one statement that changes stock."""
    from hansa.domain.catalog.models import Product
    from hansa.domain.catalog.services.locks import lock_products

    with transaction():
        ids = list(Product.objects.values_list("pk", flat=True))
    for number in range(8):
        with transaction():
            lock_products(ids)
            Variant.objects.update(stock_quantity=50 + number)


_WHAT = (
    *("hold", "hold", "release", "allocate", "ship", "ship part", "receive", "adjust", "count", "transfer", "file"),
    *("expire", "publish", "backorders on", "backorders off", "limit"),
)
_STEPS = st.lists(st.tuples(st.sampled_from(_WHAT), st.integers(0, 2), st.integers(1, 6)), max_size=25)


class _Shelf:
    """A little shop, and everything that can be done to it."""

    def __init__(self) -> None:
        cup, pot, pair = stocked("Cup", stock=8), stocked("Pot", stock=3), stocked("Pair", stock=0)
        set_bundle(bundle_id=pair, components={cup: 2, pot: 1}, now=NOON)
        self.goods = [cup, pot, pair]
        self.references: list[UUID] = []
        with transaction():
            self.main = Warehouse.objects.get(is_default=True).pk
            self.harbour = Warehouse.objects.filter(code="harbour").first() or create_warehouse(
                name="Harbour", code="harbour"
            )

    def step(self, what: str, which: int, number: int) -> None:
        variant = self.goods[which]
        shelf = self.goods[which % 2]
        reference = self.references[number % len(self.references)] if self.references else None
        if what == "hold":
            self.references.append(hold({variant: number, self.goods[0]: 1}))
        elif what in {"release", "allocate", "ship", "ship part"} and reference is not None:
            self._settle(what, reference, variant)
        elif what == "receive":
            receive(quantities={shelf: number}, now=NOON, actor="staff")
        elif what == "adjust":
            adjust(variant_id=shelf, delta=-number, reason="broken", now=NOON, actor="staff")
        elif what == "count":
            count_stock(counted={shelf: number}, now=NOON, actor="staff")
        elif what == "transfer":
            there = self.harbour.pk
            transfer(
                quantities={shelf: number},
                from_warehouse_id=self.main,
                to_warehouse_id=there,
                now=NOON,
                actor="staff",
            )
        elif what == "expire":
            release_expired(variant_ids=None, now=LATE)
        elif what == "publish":
            publish_availability(variant_ids=None)
        else:
            self._edit(what, shelf, number)

    @staticmethod
    def _edit(what: str, shelf: UUID, number: int) -> None:
        if what == "limit":
            set_backorder_limit(variant_id=shelf, limit=number - 1, now=NOON)
        elif what in {"file", "backorders on", "backorders off"}:
            fields = {"stock_quantity": number} if what == "file" else {"sells_when_out_of_stock": what.endswith("on")}
            with transaction():
                Variant.objects.filter(pk=shelf).update(**fields)

    @staticmethod
    def _settle(what: str, reference: UUID, variant: UUID) -> None:
        if what == "release":
            _release(reference)
        elif what == "allocate":
            _allocate(reference)
        else:
            ship(reference=reference, quantities=None if what == "ship" else {variant: 1}, now=NOON, actor="staff")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_the_ledger_is_the_counters_whatever_happens(make_tenant: Callable[..., TenantContext], steps: Any) -> None:
    from hansa.kernel.tenancy import tenant_scope

    with tenant_scope(make_tenant("Shelf")):
        shelf = _Shelf()
        for step in steps:
            with contextlib.suppress(InsufficientStock, StockReserved, NothingToShip):
                shelf.step(*step)
            with transaction():
                assert reconcile() == [], step
        publish_availability(variant_ids=None)
        for variant in shelf.goods[:2]:
            with transaction():
                free = [item.on_hand - item.reserved for item in Variant.objects.get(pk=variant).stock_items.all()]
            assert published(variant) == sum(free)
