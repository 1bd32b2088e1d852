"""Every query names the tenant itself, though the policies would do: the second lock. See ADR 9."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import hansa
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction

SOURCE = Path(hansa.__file__).parent
NOT_MODELS = {"catalog_listing", "catalog_placement", "catalog_listing_attribute", "catalog_search"}
PARTS_OF_STATEMENTS = {
    "domain/catalog/queries.py": "`selection_sql` gives the condition that the statements around it take in",
    "domain/checkout/services/open_orders.py": "`WAITING_ORDER_SQL` holds the condition",
}
"""Files with text that gets its condition on the tenant from another text, and which."""

_MENTION = re.compile(r'\b(?:FROM|JOIN|UPDATE|USING)\s+"?(\w+)"?(?:\s+(?:AS\s+)?(\w+))?', re.IGNORECASE)
_NO_ALIAS = {
    *("where", "on", "set", "order", "join", "left", "group", "values", "select", "using", "for", "limit", "cross"),
    *("union", "inner", "lateral", "returning", "not", "having"),
}


@cache
def walled() -> frozenset[str]:
    from django.apps import apps

    from hansa.kernel.postgresql.compiler import is_walled

    return frozenset(model._meta.db_table for model in apps.get_models() if is_walled(model)) | NOT_MODELS


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a file that ask the database something, with their line."""
    if path.suffix == ".sql":
        text = path.read_text(encoding="utf-8")
        yield from ((1, part) for part in re.split(r"(?=CREATE (?:OR REPLACE )?FUNCTION)", text))
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.lineno, node.value


def unlocked(text: str) -> list[str]:
    """Return the tenant-owned tables that the statement reads or changes without saying whose rows."""
    if not re.search(r"\b(SELECT|UPDATE|DELETE)\b", text):
        return []
    found = []
    for mention in _MENTION.finditer(text):
        table, alias = mention[1], mention[2] or ""
        name = table if not alias or alias.lower() in _NO_ALIAS else alias
        is_named = rf"\b{name}\.tenant_id\b" if name != table else r"\btenant_id\b"
        if table in walled() and not re.search(is_named, text[mention.start() :] if name == table else text):
            found.append(table)
    mentions = any(mention[1] in walled() for mention in _MENTION.finditer(text))
    says_whose = re.search(r"hansa\.tenant|TENANT|tenant_id = \(?(?:SELECT )?%", text)
    return found or ([] if says_whose or not mentions else ["no current tenant"])


def test_every_statement_written_by_hand_names_the_tenant_of_every_table() -> None:
    looked_at = 0
    wrong: dict[str, list[str]] = {}
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.sql")]):
        name = path.relative_to(SOURCE).as_posix()
        if "migrations" in name or name in PARTS_OF_STATEMENTS or name == "config/roles.sql":
            continue
        for line, text in texts_of(path):
            looked_at += any(mention[1] in walled() for mention in _MENTION.finditer(text))
            missing = unlocked(text)
            # Triggers and functions take the tenant from their row or their arguments.
            if missing and (path.suffix == ".py" or missing != ["no current tenant"]):
                wrong[f"{name}:{line}"] = missing
    assert looked_at > 60
    assert not wrong, f"Add `x.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)`: {wrong}"


def test_a_statement_without_the_tenant_is_noticed() -> None:
    tenant = "(SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)"
    assert unlocked("SELECT id FROM orders_order WHERE id = 1") == ["orders_order"]
    assert unlocked("SELECT o.id FROM orders_order o WHERE o.tenant_id = l.tenant_id") == ["no current tenant"]
    assert unlocked(f"SELECT o.id FROM orders_order o WHERE o.tenant_id = {tenant}") == []
    joined = f"SELECT 1 FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id WHERE o.tenant_id = {tenant}"
    assert unlocked(joined) == ["orders_orderline"]


def test_every_query_of_the_orm_gets_the_condition(shop: TenantContext) -> None:
    from django.db import connection
    from django.db.models import Count
    from django.test.utils import CaptureQueriesContext

    from hansa.domain.accounts.models import Session
    from hansa.domain.catalog.models import Category, Product, Variant
    from tests.worlds import draft, stock_shop

    stock_shop(shop, draft("Mug", category_names=("Kitchen",)), draft("Bowl"))
    with tenant_scope(shop), transaction(), CaptureQueriesContext(connection) as asked:
        mug = Product.objects.select_related("category").prefetch_related("variants").get(name="Mug")
        mug.refresh_from_db()
        assert mug.variants.count() == 1
        assert Category.objects.annotate(number=Count("products")).get().number == 1
        assert Product.objects.filter(variants__in=Variant.objects.filter(price_amount__gt=1)).exists()
        assert Product.objects.exclude(variants__price_amount=3).aggregate(Count("pk")) == {"pk__count": 2}
        assert Product._base_manager.filter(pk=mug.pk).update(vendor="x") == 1  # noqa: SLF001  (Django's own)
        assert Variant.objects.filter(product__name="Bowl").update(barcode="1") == 1
        assert Variant.objects.filter(product__name="Bowl").delete()[1]["catalog.Variant"] == 1
        assert Product.objects.filter(pk=mug.pk).union(Product.objects.all()).count() == 2
        Session.objects.filter(session_key="x").delete()
    statements = [one["sql"] for one in asked if re.search(r"\b(FROM|UPDATE) ", one["sql"])]
    assert len(statements) >= 12
    assert [sql for sql in statements if shop.id.hex not in sql.replace("-", "")] == []


def test_without_a_tenant_the_orm_finds_nothing_and_asks_nobody() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from hansa.domain.catalog.models import Product

    with CaptureQueriesContext(connection) as asked:
        assert list(Product.objects.all()) == []
        assert Product.objects.update(vendor="x") == 0
        assert not Product.objects.exists()
    assert len(asked) == 0


def test_a_query_is_of_whoever_runs_it(shop: TenantContext, rival: TenantContext) -> None:
    from hansa.domain.catalog.models import Product
    from tests.isolation.walls import policies_off
    from tests.worlds import draft, stock_shop

    stock_shop(shop, draft("Mug"))
    stock_shop(rival, draft("Cup"))
    rows = Product.objects.order_by("name")
    with policies_off():
        for tenant, name in ((shop, "Mug"), (rival, "Cup")):
            with tenant_scope(tenant), transaction():
                assert [product.name for product in rows.all()] == [name]
                assert rows.filter(name__in=("Mug", "Cup")).update(vendor=name) == 1
