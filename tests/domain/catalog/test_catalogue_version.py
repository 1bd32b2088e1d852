"""The version of a shop's catalogue grows with each commit that changes what pages show, and only then."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from django.db import connection

from hansa.domain.catalog.models import CatalogueChange, Picture, Product, Variant
from hansa.domain.catalog.selectors import get_catalogue_version
from hansa.domain.catalog.services.fold_changes import fold_changes
from hansa.domain.catalog.services.publish_stock import lock_for_publishing, publish_stock
from hansa.domain.catalog.types import Shown
from hansa.domain.work.services.perform import work_off
from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.worlds import draft, entered, stock_shop

_SELL = """
    UPDATE catalog_variant SET stock_quantity = 1
    WHERE product_id IN (SELECT p.id FROM catalog_product p WHERE p.name = %(name)s)
"""


@pytest.fixture
def in_shop(shop: TenantContext) -> Iterator[TenantContext]:
    """Work in our shop, which sells mugs and bowls."""
    stock_shop(shop, draft("Mug"), draft("Bowl"))
    with tenant_scope(shop):
        yield shop


def _version() -> dict[Shown, int]:
    return dict(get_catalogue_version())


def _grown(before: dict[Shown, int]) -> set[Shown]:
    after = _version()
    assert all(after[kind] >= number for kind, number in before.items())
    return {kind for kind, number in after.items() if number > before[kind]}


def _somebody(tenant: TenantContext) -> psycopg.Connection:
    """Return another connection to the database, with a transaction of the tenant's that is open."""
    other = psycopg.connect(os.environ["DATABASE_URL"])
    other.execute("SELECT set_config('hansa.tenant', %s, true), pg_current_xact_id()", [str(tenant.id)])
    return other


def _number_of_rows() -> int:
    with transaction():
        return CatalogueChange.objects.count()


def test_commits_count_in_whatever_order_they_come(in_shop: TenantContext) -> None:
    start = _version()
    with _somebody(in_shop) as older, _somebody(in_shop) as younger:
        older.execute("UPDATE catalog_product SET vendor = 'Older' WHERE name = 'Mug'")
        younger.execute("UPDATE catalog_product SET vendor = 'Younger' WHERE name = 'Bowl'")
        assert _version() == start
        younger.commit()
        between = _version()
        assert between[Shown.PRODUCTS] == start[Shown.PRODUCTS] + 1
        older.commit()
        assert _version()[Shown.PRODUCTS] == between[Shown.PRODUCTS] + 1


def test_nobody_waits_for_another_who_changes_the_same_shop(in_shop: TenantContext) -> None:
    with _somebody(in_shop) as slow, _somebody(in_shop) as quick:
        slow.execute(_SELL, {"name": "Mug"})
        quick.execute("SET LOCAL lock_timeout = '1ms'")
        quick.execute(_SELL, {"name": "Bowl"})
        quick.commit()
        slow.rollback()


def test_what_is_rolled_back_never_happened(in_shop: TenantContext) -> None:  # noqa: ARG001
    start = _version()
    with pytest.raises(InterruptedError), transaction():
        Product.objects.update(vendor="Nobody")
        raise InterruptedError
    assert _version() == start
    with transaction():
        with pytest.raises(InterruptedError), transaction():
            Product.objects.filter(name="Mug").update(vendor="Nobody")
            raise InterruptedError
        Product.objects.filter(name="Bowl").update(vendor="Somebody")
    assert _version()[Shown.PRODUCTS] == start[Shown.PRODUCTS] + 1


def test_another_shop_s_changes_are_its_own(in_shop: TenantContext, rival: TenantContext) -> None:  # noqa: ARG001
    start = _version()
    stock_shop(rival, draft("Mug"))
    assert _version() == start
    with tenant_scope(rival):
        assert all(_version()[kind] for kind in (Shown.LISTS, Shown.PRODUCTS))


def test_each_part_grows_with_its_own_changes(in_shop: TenantContext) -> None:  # noqa: ARG001
    before = _version()
    with transaction():
        variant = Variant.objects.get(product__name="Mug")
        lock_for_publishing([variant.pk])
        publish_stock(stock={variant.pk: (4, None)})
    assert _grown(before) == {Shown.PRODUCTS}, "a sale that leaves some"
    before = _version()
    with transaction():
        lock_for_publishing([variant.pk])
        publish_stock(stock={variant.pk: (0, None)})
    assert _grown(before) == {Shown.PRODUCTS, Shown.LISTS}, "the last sale"
    before = _version()
    with transaction():
        publish_stock(stock={variant.pk: (0, None)})
        Product.objects.update(metadata={"erp": 1}, updated_at=clock.now())
        Product.objects.filter(name="nobody's").delete()
    assert _grown(before) == set(), "nothing that anybody sees"


def test_a_picture_counts_when_there_is_something_to_show(in_shop: TenantContext) -> None:  # noqa: ARG001
    with transaction():
        picture = Picture.objects.create(url="https://pictures.example/Mug.jpg", host="pictures.example")
    before = _version()
    with transaction():
        Picture.objects.update(status="running", attempts=1, looked_at=clock.now())
    assert _grown(before) == set()
    with transaction():
        Picture.objects.filter(pk=picture.pk).update(sha256="0" * 64, renditions=[{"url": "/a.webp"}])
    assert _grown(before) == {Shown.PRODUCTS}


def test_columns_that_come_later_count(in_shop: TenantContext) -> None:
    before = _version()
    with psycopg.connect(os.environ["HANSA_OWNER_DATABASE_URL"]) as owner:
        owner.execute("SELECT set_config('hansa.tenant', %s, true)", [str(in_shop.id)])
        owner.execute("ALTER TABLE catalog_product ADD COLUMN slogan text NOT NULL DEFAULT ''")
        owner.execute("UPDATE catalog_product SET slogan = 'new' WHERE name = 'Mug'")
        counted = owner.execute(
            "SELECT sum(changes) FROM catalog_cataloguechange WHERE kind = 'products' AND tenant_id = %s", [in_shop.id]
        ).fetchone()
        owner.rollback()
    assert counted == (before[Shown.PRODUCTS] + 1,)
    assert _version() == before


def test_folding_keeps_the_sum_in_a_row_for_each_kind(in_shop: TenantContext, rival: TenantContext) -> None:
    stock_shop(rival, draft("Mug"))
    with tenant_scope(rival):
        theirs = _number_of_rows()
    before = _version()
    assert _number_of_rows() > 3
    work_off(now=clock.now())
    assert _version() == before
    assert _number_of_rows() == len([kind for kind in Shown if before[kind]])
    with entered(in_shop):
        Product.objects.update(vendor="Weaver")
    fold_changes()
    fold_changes()
    assert _version() == before | {Shown.PRODUCTS: before[Shown.PRODUCTS] + 1}
    with tenant_scope(rival):
        assert _number_of_rows() == theirs


def test_only_shops_with_something_to_fold_are_named_to_the_worker(in_shop: TenantContext) -> None:
    def is_due() -> bool:
        with transaction(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM catalog_cataloguechange_due(now()) AS t (id) WHERE id = %s", [in_shop.id]
            )
            return bool(cursor.fetchone()[0])

    assert is_due()
    fold_changes()
    assert not is_due()


def test_the_sum_is_exact_whoever_folds_and_writes_at_the_same_time(in_shop: TenantContext) -> None:
    before, rounds, at_once = _version(), 15, Barrier(6)

    def write(name: str) -> None:
        for number in range(rounds):
            with entered(in_shop):
                Product.objects.filter(name=name).update(vendor=f"{name} {number}")

    def fold() -> None:
        with tenant_scope(in_shop):
            for _ in range(rounds):
                fold_changes()

    def watch() -> None:
        with tenant_scope(in_shop):
            seen = 0
            for _ in range(rounds * 4):
                now = _version()[Shown.PRODUCTS]
                assert now >= seen
                seen = now

    def run(task: str) -> None:
        at_once.wait()
        try:
            {"fold": fold, "watch": watch}.get(task, lambda: write(task))()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run, ["Mug", "Bowl", "fold", "fold", "watch", "watch"]))
    assert _version()[Shown.PRODUCTS] == before[Shown.PRODUCTS] + 2 * rounds
