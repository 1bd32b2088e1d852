"""What a price is made of, as PostgreSQL plans it under the policy in a shop with a lot of everything."""

import os
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import psycopg
import pytest
from bench.catalogue import fill
from psycopg.conninfo import make_conninfo

from hansa.domain.catalog.models import Variant
from hansa.domain.fulfilment.queries import methods_sql, read_methods
from hansa.domain.pricing.models import Promotion, PromotionUse
from hansa.domain.pricing.queries import prices_sql, promotions_sql, read_offers, read_promotions, read_tax, tax_sql
from hansa.domain.pricing.services.redeem import REDEEM_SQL
from hansa.domain.pricing.services.release_uses import (
    LOCK_COUNTERS_SQL,
    LOCK_PROMOTIONS_SQL,
    RELEASE_SQL,
)
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import ask_together
from hansa.kernel.postgresql.statements import Json, statement
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.worlds import NOON, entered
from tests.worlds_buying import open_shop

PRODUCTS = 2000
CODES = 5000
VARIANTS = 20
BIG_TABLES = (
    "catalog_product",
    "catalog_variant",
    "catalog_placement",
    "catalog_productimage",
    "pricing_pricelistitem",
    "pricing_promotion",
    "pricing_promotionuse",
    "pricing_promotioncustomer",
)

FILL = """
    INSERT INTO pricing_pricelist (id, name, currency, priority, is_active)
        SELECT gen_random_uuid(), 'List ' || n, 'EUR', 0, true FROM generate_series(1, 3) n;
    INSERT INTO pricing_pricelistitem (id, price_list_id, variant_id, min_quantity, amount)
        SELECT gen_random_uuid(), l.id, v.id, 1, 900 FROM pricing_pricelist l, catalog_variant v;
    INSERT INTO pricing_promotion (id, name, code, kind, currency, rate_ppm, amount, buy_quantity, get_quantity, tiers,
            product_ids, category_ids, is_first_order_only, min_subtotal, priority, is_exclusive, usage_limit,
            usage_limit_per_customer)
        SELECT gen_random_uuid(), 'Code ' || n, 'CODE' || n, 'percentage', '', 1, 0, 0, 0, '[]', '{}', '{}', false, 0,
            0, false, 1000000, 1000000
        FROM generate_series(1, %(codes)s) n;
    INSERT INTO pricing_promotionuse (id, promotion_id, reference, customer_key, used_at)
        SELECT gen_random_uuid(), p.id, gen_random_uuid(), 'somebody' || p.code || '@example.com', now()
        FROM pricing_promotion p;
    INSERT INTO pricing_promotioncustomer (id, promotion_id, customer_key, uses, usage_limit)
        SELECT gen_random_uuid(), u.promotion_id, u.customer_key, 1, 1000000 FROM pricing_promotionuse u;
"""


@pytest.fixture(scope="module")
def crowd() -> list[TenantContext]:
    """Return two shops with thousands of prices, codes and uses each, and fresh statistics."""
    from hansa.domain.tenants.services.create import create_tenant

    tenants = [create_tenant(slug=f"buying-{os.getpid()}-{n}", name="Crowd") for n in range(2)]
    for tenant in tenants:
        open_shop(tenant)
        with psycopg.connect(os.environ["DATABASE_URL"]) as app:
            fill(app, tenant.id, products=PRODUCTS, shelves=10)
        with psycopg.connect(os.environ["DATABASE_URL"]) as app:
            app.execute("SELECT set_config('hansa.tenant', %s, true)", [str(tenant.id)])
            app.execute(FILL.replace("%(codes)s", str(CODES)))
    with psycopg.connect(make_conninfo(os.environ["DATABASE_URL"], user="postgres"), autocommit=True) as superuser:
        superuser.execute("VACUUM ANALYZE")
    return tenants


def _plan(tenant: TenantContext, sql: str, values: Mapping[str, Any]) -> str:
    """Return the plan that every request after the first few gets: the generic one."""
    question = statement(sql)
    with psycopg.connect(os.environ["DATABASE_URL"]) as app:
        app.execute("SELECT set_config('hansa.tenant', %s, true)", [str(tenant.id)])
        app.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        app.execute(question.prepare)
        rows = app.execute(b"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) " + question.execute(app.pgconn, values, None))
        plan = "\n".join(row[0] for row in rows)
        app.rollback()
    return plan


def _questions(tenant: TenantContext) -> dict[str, tuple[str, Mapping[str, Any]]]:
    with entered(tenant):
        variants: list[UUID] = list(Variant.objects.values_list("pk", flat=True)[:VARIANTS])
        promotions = [str(key) for key in Promotion.objects.values_list("pk", flat=True)[:3]]
        reference = PromotionUse.objects.values_list("reference", flat=True)[7]
    redeemed = {"promotion_ids": Json(promotions), "reference": uuid7(), "customer_key": "ada@example.com"}
    return {
        "prices": prices_sql(variant_ids=variants, currency="EUR", group_id=None, at=NOON),
        "promotions": promotions_sql(codes=["code7", "code4711"], at=NOON, customer_key="somebodycode7@example.com"),
        "tax": tax_sql(country="DE", postal_code="20095", at=NOON),
        "methods": methods_sql(country="DE", postal_code="20095"),
        "redeem": (REDEEM_SQL, redeemed | {"now": NOON.isoformat()}),
        "lock promotions": (LOCK_PROMOTIONS_SQL, {"reference": reference}),
        "lock counters": (LOCK_COUNTERS_SQL, {"reference": reference}),
        "release": (RELEASE_SQL, {"reference": reference, "now": NOON.isoformat()}),
    }


# Pages that are read: a handful per variant or code, whatever else the shop has.
@pytest.mark.parametrize(
    ("name", "pages"),
    [("prices", 45 * VARIANTS), ("promotions", 40), ("tax", 60), ("methods", 60), ("redeem", 300), ("release", 120)],
)
def test_what_runs_in_the_checkout_reads_a_handful_of_pages(crowd: list[TenantContext], name: str, pages: int) -> None:
    plan = _plan(crowd[1], *_questions(crowd[1])[name])
    for table in BIG_TABLES:
        assert not re.search(rf"Seq Scan on {table}\b", plan), plan
    found = re.search(r"Buffers: shared hit=(\d+)", plan)
    assert found, plan
    assert int(found[1]) <= pages, plan


def test_offers_promotions_taxes_and_methods_come_in_one_message(crowd: list[TenantContext]) -> None:
    questions = _questions(crowd[0])
    asked = [questions[name] for name in ("prices", "promotions", "tax", "methods")]
    with tenant_scope(crowd[0]):
        offers, promotions, tax, methods = ask_together(asked)
    assert len(read_offers(offers)) == VARIANTS
    assert {promotion.code for promotion in read_promotions(promotions)[0]} == {"CODE7", "CODE4711"}
    assert read_tax(tax).default_class == "standard"
    assert [method.name for method in read_methods(methods)] == ["Standard"]
