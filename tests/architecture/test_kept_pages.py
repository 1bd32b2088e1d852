"""Whatever a kept page reads, its changes drop the page: PostgreSQL itself says what was read."""

import os
from collections.abc import Callable, Hashable
from datetime import datetime
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from hansa.domain.catalog import selectors
from hansa.domain.catalog.types import Shown
from hansa.domain.pricing import selectors as pricing
from hansa.interfaces.shop import views
from hansa.interfaces.shop.keeping import answer
from hansa.interfaces.shop.keeping.holes import PageWithHoles
from hansa.interfaces.shop.keeping.memory import PageMemory
from hansa.kernel.postgresql import batches, reading
from hansa.kernel.postgresql.statements import statement
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.interfaces.shop.goods import stock_kitchen

NOT_SHOWN = {
    "accounts_customer": "says whose group's prices count; a kept page is nobody's",
    "catalog_cataloguechange": "the version itself",
}
PAGES: dict[str, Callable[..., HttpResponse]] = {
    "/": views.home,
    "/products/": views.everything,
    "/products/?sort=popular": views.everything,
    "/c/kitchen/?attr.material=Clay&in_stock=1": partial(views.category, path="kitchen"),
    "/p/mug/": partial(views.product, slug="mug"),
}
"""Each kept page, and its view."""


class Recording(PageMemory):
    """Remembers which parts of the catalogue the last page said it shows."""

    shows: tuple[Shown, ...] = ()

    def keep(self, key: Any, page: PageWithHoles, version: Hashable, until: datetime) -> None:
        """Keep, and look at the question, which stands last."""
        self.shows = key[-1].shows
        super().keep(key, page, version, until)


# Whoever reads a table holds a lock on it until the transaction ends, also where a function reads it.
_READ = """
    SELECT DISTINCT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE l.pid = pg_backend_pid() AND c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace
"""
_COUNTED = """
    SELECT c.relname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'catalog_note_change' AND t.tgenabled = 'O'
"""


def _counted() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED)
        counted: dict[str, list[str]] = {}
        for table, definition in cursor.fetchall():
            counted.setdefault(table, []).append(definition)
        return counted


def _read_by(tenant: TenantContext, address: str) -> set[str]:
    """Return the tables that answering this address reads."""
    request = RequestFactory().get(address, headers={"host": f"{tenant.slug}.localhost"})
    with tenant_scope(tenant), transaction(), connection.cursor() as cursor:
        assert PAGES[address](request).status_code == 200
        cursor.execute(_READ)
        return {table for (table,) in cursor.fetchall()}


@pytest.mark.parametrize("address", PAGES)
def test_every_table_that_a_kept_page_reads_counts_its_changes(
    shop: TenantContext, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    stock_kitchen(shop)
    memory = Recording(1_000_000)
    monkeypatch.setattr(answer, "memory", memory)
    read = _read_by(shop, address)
    assert {"catalog_cataloguechange", "catalog_category", "catalog_placement"} <= read
    counted = _counted()
    for table in read - set(NOT_SHOWN):
        assert len(counted.get(table, [])) == 3, (
            f"pages show {table}: note_changes_sql in a migration, or a reason here"
        )
        for definition in counted[table]:
            kind = definition.partition("catalog_note_change('")[2].partition("'")[0]
            assert Shown(kind) in memory.shows, f"{address} must show `Shown.{kind.upper()}` too, for {table}"
    assert _read_by(shop, address) == {"catalog_cataloguechange"}, "the second time it is kept"


def test_every_way_to_change_a_table_counts() -> None:
    counted = _counted()
    assert len(counted) > 12
    for table, definitions in counted.items():
        events = {definition.partition(" AFTER ")[2].partition(" ")[0] for definition in definitions}
        assert events == {"INSERT", "UPDATE", "DELETE"}, table
        assert all("FOR EACH STATEMENT" in definition for definition in definitions), table


def test_what_is_ignored_is_nothing_that_a_page_reads(shop: TenantContext, monkeypatch: pytest.MonkeyPatch) -> None:
    stock_kitchen(shop)
    monkeypatch.setattr(answer, "memory", PageMemory(0))
    asked: set[str] = set()
    one, several = reading.ask, batches.ask_together

    def ask(sql: str, values: Any) -> Any:
        asked.add(sql)
        return one(sql, values)

    def ask_together(questions: Any) -> Any:
        asked.update(sql for sql, _ in questions)
        return several(questions)

    monkeypatch.setattr(selectors, "ask", ask)
    monkeypatch.setattr(pricing, "ask_together", ask_together)
    for address in set(PAGES) - {"/products/?sort=popular"}:
        _read_by(shop, address)
    ignored = [(table, column) for table, definitions in _counted().items() for column in _ignored(definitions[0])]
    assert {("catalog_placement", "popularity"), ("catalog_product", "search_text")} <= set(ignored)
    assert len(asked) > 6
    with psycopg.connect(os.environ["HANSA_OWNER_DATABASE_URL"]) as owner:
        for table, column in ignored:
            owner.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO was_{column}")
        for number, sql in enumerate(asked):
            # PostgreSQL refuses a statement that names a column which is not there.
            owner.execute(b"PREPARE page_%d AS %s" % (number, statement(sql).sql))
        owner.rollback()


def _ignored(definition: str) -> list[str]:
    return [column for column in definition.partition("{")[2].partition("}")[0].split(",") if column]
