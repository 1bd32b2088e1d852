"""The wall, tried from inside: whatever a request does, it stays with its own tenant."""

import asyncio
import itertools
import threading
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.utils import DatabaseError, IntegrityError, ProgrammingError

from hansa.config.environment import get_environment
from hansa.domain.catalog.models import Category, Product
from hansa.kernel.isolation import WallDown, check_wall
from hansa.kernel.postgresql.base import OutsideTransaction
from hansa.kernel.postgresql.reading import ask, ask_async, close_readers
from hansa.kernel.tenancy import NoTenant, TenantContext, TenantMixUp, tenant_scope
from hansa.kernel.transactions import TransactionRequired, requires_transaction, transaction
from tests.architecture.test_wall import TENANT_TABLES
from tests.worlds import draft, entered, stock_shop

COUNT_PRODUCTS = "SELECT count(*) FROM catalog_product"


def _rows_everywhere() -> dict[str, int]:
    """Count what the current connection can see of every tenant-owned table."""
    counts = {}
    with connection.cursor() as cursor:
        cursor.execute(TENANT_TABLES)
        tables = [name for _, name in cursor.fetchall()]
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts


def _count(sql: str = COUNT_PRODUCTS) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def test_without_a_tenant_every_tenant_owned_table_is_empty(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    counts = _rows_everywhere()
    assert len(counts) > 10
    assert set(counts.values()) == {0}


def test_with_one_tenant_no_row_of_another_is_seen(shop: TenantContext, rival: TenantContext) -> None:
    stock_shop(rival, draft("Mug", category_names=("Kitchen",), attributes={"Material": ("Clay",)}))
    with entered(rival):
        full = {table for table, rows in _rows_everywhere().items() if rows}
    assert {"catalog_product", "catalog_variant", "catalog_listing", "catalog_placement", "catalog_search"} <= full
    with entered(shop):
        assert set(_rows_everywhere().values()) == {0}


def test_a_row_for_another_tenant_is_refused(shop: TenantContext, rival: TenantContext) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), entered(shop):
        Category.objects.create(tenant_id=rival.id, name="Planted", slug="planted", path="planted")
    with entered(rival):
        assert not Category.objects.exists()


def test_a_reference_to_another_tenants_row_is_refused(shop: TenantContext, rival: TenantContext) -> None:
    with entered(rival):
        shelf = Category.objects.create(name="Kitchen", slug="kitchen", path="kitchen")
    with pytest.raises(IntegrityError, match="catalog_product_category_id_tenant_fk"), entered(shop):
        Product.objects.create(name="Mug", slug="mug", category_id=shelf.id)


def test_another_tenants_row_can_be_neither_changed_nor_deleted(shop: TenantContext, rival: TenantContext) -> None:
    stock_shop(rival, draft("Mug"))
    with entered(shop):
        assert Product.objects.update(name="Stolen") == 0
        assert Product.objects.all().delete()[0] == 0
    with entered(rival):
        assert Product.objects.get().name == "Mug"


def test_after_an_exception_the_connection_knows_no_tenant(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    with pytest.raises(ZeroDivisionError), entered(shop):
        assert _count() == 1
        raise ZeroDivisionError
    assert _count("SELECT length(current_setting('hansa.tenant', true))") == 0
    assert _count() == 0


def test_after_a_request_that_was_killed_the_connection_knows_no_tenant(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))

    class WorkerAborted(BaseException):
        """What a server throws into a request that takes too long: no Exception, so no handler sees it."""

    with pytest.raises(WorkerAborted), entered(shop):
        assert _count() == 1
        raise WorkerAborted
    assert _count() == 0


def test_a_pooled_connection_that_is_used_again_knows_nothing_of_its_last_tenant(
    shop: TenantContext, rival: TenantContext
) -> None:
    stock_shop(shop, draft("Mug"))
    backends: dict[int, set[int]] = {}
    # The pool lends its connections in turn: until one of them has come round to both.
    for tenant, _ in itertools.product((shop, rival), range(get_environment().database_pool_size + 1)):
        with entered(tenant):
            backends.setdefault(_count("SELECT pg_backend_pid()"), set()).add(_count())
        connection.close()
        assert _count() == 0
        connection.close()
    assert {0, 1} in backends.values()


def test_many_threads_with_different_tenants_each_see_their_own(shop: TenantContext, rival: TenantContext) -> None:
    stock_shop(shop, draft("Mug"), draft("Bowl"))
    stock_shop(rival, draft("Kettle"))
    wrong: list[Any] = []

    def look(tenant: TenantContext, expected: int) -> None:
        try:
            for _ in range(50):
                with entered(tenant):
                    if _count() != expected:
                        wrong.append((tenant.slug, _count()))
                connection.close()
        except Exception as error:  # noqa: BLE001  (a thread's exception would be lost)
            wrong.append(error)

    threads = [threading.Thread(target=look, args=pair) for pair in [(shop, 2), (rival, 1)] * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_sql_for_a_tenant_outside_a_transaction_is_refused(shop: TenantContext) -> None:
    with tenant_scope(shop), pytest.raises(OutsideTransaction):
        Product.objects.exists()


def test_one_transaction_cannot_work_for_two_tenants(shop: TenantContext, rival: TenantContext) -> None:
    with pytest.raises(TenantMixUp), entered(shop), tenant_scope(rival):
        Product.objects.exists()


def test_the_short_way_to_read_needs_a_tenant() -> None:
    with pytest.raises(NoTenant):
        ask(COUNT_PRODUCTS, {})


def test_the_short_way_to_read_sees_what_its_tenant_may_see(shop: TenantContext, rival: TenantContext) -> None:
    stock_shop(rival, draft("Mug"))
    with tenant_scope(rival):
        assert ask(COUNT_PRODUCTS, {}).get_value(0, 0) == b"1"
    with tenant_scope(shop):
        assert ask(COUNT_PRODUCTS, {}).get_value(0, 0) == b"0"
    assert _count() == 0


def test_the_short_way_to_read_sees_the_transaction_it_is_in(shop: TenantContext) -> None:
    with entered(shop):
        Category.objects.create(name="Kitchen", slug="kitchen", path="kitchen")
        assert ask("SELECT count(*) FROM catalog_category", {}).get_value(0, 0) == b"1"


@pytest.mark.parametrize("hostile", ["'; DROP TABLE catalog_product; --", "\\'", "%s", "$1", "é'é", "\\x00'"])
def test_values_of_the_short_way_are_only_ever_values(shop: TenantContext, hostile: str) -> None:
    with tenant_scope(shop):
        assert ask("SELECT %(text)s::text", {"text": hostile}).get_value(0, 0) == hostile.encode()


def test_an_error_on_the_short_way_is_djangos_and_leaves_the_connection_clean(shop: TenantContext) -> None:
    with tenant_scope(shop), pytest.raises(DatabaseError):
        ask("SELECT 1 / %(zero)s::int", {"zero": 0})
    assert _count() == 0


def test_on_the_event_loop_interleaved_tenants_each_see_their_own(shop: TenantContext, rival: TenantContext) -> None:
    stock_shop(shop, draft("Mug"), draft("Bowl"))
    stock_shop(rival, draft("Kettle"))

    async def look(tenant: TenantContext) -> bytes | None:
        with tenant_scope(tenant):
            return (await ask_async(COUNT_PRODUCTS, {})).get_value(0, 0)

    async def everybody() -> list[bytes | None]:
        try:
            return await asyncio.gather(*[look(tenant) for tenant in [shop, rival] * 100])
        finally:
            await close_readers()

    assert asyncio.run(everybody()) == [b"2", b"1"] * 100


def test_a_request_cancelled_in_the_middle_of_a_question_takes_its_connection_with_it(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))

    async def cancel_many() -> bytes | None:
        with tenant_scope(shop):
            try:
                for _ in range(20):
                    question = asyncio.create_task(ask_async("SELECT pg_sleep(%(s)s)", {"s": 5}))
                    await asyncio.sleep(0)
                    question.cancel()
                    with pytest.raises(asyncio.CancelledError):
                        await question
                return (await ask_async(COUNT_PRODUCTS, {})).get_value(0, 0)
            finally:
                await close_readers()

    assert asyncio.run(cancel_many()) == b"1"


def test_a_connection_that_the_server_closed_while_it_was_idle_is_replaced(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))

    async def lose_and_ask() -> bytes | None:
        with tenant_scope(shop):
            try:
                backend = (await ask_async("SELECT pg_backend_pid()", {})).get_value(0, 0)
                _end_backend(int(backend or b""))
                return (await ask_async(COUNT_PRODUCTS, {})).get_value(0, 0)
            finally:
                await close_readers()

    assert asyncio.run(lose_and_ask()) == b"1"


def _end_backend(pid: int) -> None:
    """End one server process and wait until it is gone."""
    import os

    from psycopg.conninfo import make_conninfo

    url = make_conninfo(os.environ["DATABASE_URL"], user="postgres")
    with psycopg.connect(url, autocommit=True) as superuser:
        superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_service_that_needs_a_transaction_says_so() -> None:
    @requires_transaction
    def pay() -> str:
        return "paid"

    with pytest.raises(TransactionRequired, match="pay"):
        pay()
    with transaction():
        assert pay() == "paid"


def test_the_apps_role_passes_the_check_of_the_wall() -> None:
    check_wall(connection)


@pytest.mark.parametrize(("role", "reason"), [("postgres", "is a superuser"), ("hansa_owner", "owns")])
def test_a_role_that_could_look_over_the_wall_is_refused(role: str, reason: str) -> None:
    import os
    import subprocess
    import sys

    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(os.environ["DATABASE_URL"])
    url = f"postgresql://{role}@/{parts['dbname']}?host={parts['host']}"
    result = subprocess.run(
        [sys.executable, "-m", "hansa", "serve", "--port", "0"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"DATABASE_URL": url, "PORT": "8000"},
    )
    assert result.returncode == 1
    assert reason in result.stderr
    assert "hansa_app" in result.stderr
    assert WallDown.__name__ not in result.stderr
