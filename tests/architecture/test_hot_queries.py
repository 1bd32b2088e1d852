"""The hot queries, as PostgreSQL plans them under the policy, and how many there are."""

import os
import re
import tempfile
from typing import Any

import psycopg
import pytest
from bench.catalogue import fill
from django.db import connection
from psycopg.conninfo import make_conninfo

from hansa.domain.catalog.queries import ListingQuery, Sort, page_sql
from hansa.domain.catalog.selectors import get_category_tree, get_listing_page, get_product_document
from hansa.kernel.postgresql.statements import statement
from hansa.kernel.tenancy import TenantContext, tenant_scope

PRODUCTS = 3000


@pytest.fixture(scope="module")
def crowd() -> list[TenantContext]:
    """Return three shops with thousands of products each, and fresh statistics."""
    from hansa.domain.tenants.services.create import create_tenant

    tenants = [create_tenant(slug=f"crowd-{os.getpid()}-{n}", name="Crowd") for n in range(3)]
    with psycopg.connect(os.environ["DATABASE_URL"]) as app:
        for tenant in tenants:
            fill(app, tenant.id, products=PRODUCTS, shelves=10)
    with psycopg.connect(make_conninfo(os.environ["DATABASE_URL"], user="postgres"), autocommit=True) as superuser:
        superuser.execute("VACUUM ANALYZE")
    return tenants


def _plan(tenant: TenantContext, query: ListingQuery) -> str:
    """Return the plan that every request after the first few gets: the generic one."""
    sql, values = page_sql(query)
    question = statement(sql)
    with psycopg.connect(os.environ["DATABASE_URL"]) as app:
        app.execute("SELECT set_config('hansa.tenant', %s, true)", [str(tenant.id)])
        app.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        app.execute(question.prepare)
        rows = app.execute(b"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) " + question.execute(app.pgconn, values, None))
        return "\n".join(row[0] for row in rows)


def _index_conditions(plan: str, index: str) -> str:
    found = re.search(rf"using {index} on \S+ \w.*?Index Cond: (\(.*?\))\n", plan, re.DOTALL)
    assert found, plan
    return found[1]


@pytest.mark.parametrize(
    ("sort", "index"),
    [
        (Sort.NEWEST, "catalog_placement_newest"),
        (Sort.PRICE, "catalog_placement_price"),
        (Sort.PRICE_DESCENDING, "catalog_placement_price"),
        (Sort.NAME, "catalog_placement_name"),
        (Sort.POPULAR, "catalog_placement_popular"),
    ],
)
@pytest.mark.parametrize("category", ["shelf-3", None])
def test_a_page_is_read_off_its_index_in_order(
    crowd: list[TenantContext], sort: Sort, index: str, category: str | None
) -> None:
    plan = _plan(crowd[1], ListingQuery(category=category, sort=sort))
    condition = _index_conditions(plan, index)
    assert "tenant_id" in condition
    assert "category_id" in condition
    page = plan.partition("->  Nested Loop")[2]
    assert "Sort" not in page, plan
    assert "Seq Scan on catalog_placement" not in plan
    assert "Seq Scan on catalog_listing" not in plan


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.PRICE, Sort.NAME])
def test_a_later_page_costs_no_more_than_the_first(crowd: list[TenantContext], sort: Sort) -> None:
    query = ListingQuery(category="shelf-3", sort=sort)
    with tenant_scope(crowd[0]):
        cursor = None
        for _ in range(6):
            cursor = get_listing_page(ListingQuery(category="shelf-3", sort=sort, cursor=cursor)).next_cursor
    later = ListingQuery(category="shelf-3", sort=sort, cursor=cursor)
    assert _buffers(_plan(crowd[0], later)) <= _buffers(_plan(crowd[0], query)) + 10


@pytest.mark.parametrize("values", [("Red",), ("Red", "Blue")])
def test_values_of_an_attribute_are_looked_up_in_an_index(crowd: list[TenantContext], values: tuple[str, ...]) -> None:
    query = ListingQuery(category="shelf-3", attributes=tuple(("colour", value) for value in values))
    plan = _plan(crowd[1], query)
    conditions = re.findall(r"on catalog_listing_attribute a.*?\n\s+Index Cond: (.*)\n", plan)
    assert conditions, plan
    assert "tenant_id" in conditions[0]
    assert "value = ANY" in conditions[0]
    assert "Seq Scan on catalog_listing" not in plan


def test_search_reads_the_full_text_index(crowd: list[TenantContext]) -> None:
    with psycopg.connect(make_conninfo(os.environ["DATABASE_URL"], user="postgres")) as superuser:
        superuser.execute("SET ROLE hansa_search")
        superuser.execute("SELECT set_config('hansa.tenant', %s, true)", [str(crowd[0].id)])
        body = superuser.execute("SELECT prosrc FROM pg_proc WHERE proname = 'catalog_find'").fetchone()
        assert body is not None
        sql = re.sub(r"\bquery\b", "to_tsquery('simple', '77')", body[0]).replace("least(most, 10000)", "100")
        sql = re.sub(r"--.*", "", sql)
        rows = superuser.execute("EXPLAIN " + sql).fetchall()
    assert "Bitmap Index Scan on catalog_search_words" in "\n".join(row[0] for row in rows)


def test_search_finds_only_the_tenants_own(crowd: list[TenantContext]) -> None:
    with tenant_scope(crowd[0]):
        page = get_listing_page(ListingQuery(words="77", sort=Sort.RELEVANCE))
    assert [document["slug"] for document in page.documents()] == ["product-77"]


@pytest.mark.parametrize(
    "read",
    [
        lambda: get_listing_page(ListingQuery(category="shelf-3")),
        lambda: get_listing_page(ListingQuery(sort=Sort.PRICE, min_price=600, in_stock=True, limit=100)),
        lambda: get_product_document("product-42"),
        get_category_tree,
    ],
)
def test_a_storefront_page_is_one_statement_and_one_message(crowd: list[TenantContext], read: Any) -> None:
    with tenant_scope(crowd[0]):
        read()  # prepares
        sent = _messages(read)
    assert len(sent) == 1, sent
    assert re.fullmatch(r"SELECT set_config\('hansa.tenant','[0-9a-f-]{36}',true\);EXECUTE hansa_\w+.*", sent[0])
    connection.close()


def _messages(read: Any) -> list[str]:
    """Return the queries that libpq really sent, from its own trace of the wire."""
    connection.ensure_connection()
    pgconn = connection.connection.pgconn
    with tempfile.TemporaryFile("w+b") as trace:
        pgconn.trace(trace.fileno())
        try:
            read()
        finally:
            pgconn.untrace()
        trace.seek(0)
        lines = trace.read().decode().splitlines()
    queries = [line for line in lines if re.match(r"(\S+ \S+\t)?F\t\d+\tQuery", line)]
    other = [line for line in lines if re.match(r"(\S+ \S+\t)?F\t", line) and line not in queries]
    assert other == []
    return [line.partition('Query\t "')[2].rstrip('"') for line in queries]


def _buffers(plan: str) -> int:
    found = re.search(r"Buffers: shared hit=(\d+)", plan)
    assert found, plan
    return int(found[1])
