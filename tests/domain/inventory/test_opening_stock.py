"""The migration that gives the variants of existing shops their stock: behind the wall, shop by shop."""

import importlib
import os

import psycopg

from hansa.domain.inventory.models import StockItem, StockMovement, Warehouse
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.inventory.goods import counters, published, stocked


def test_shops_that_were_there_before_get_their_opening_stock(shop: TenantContext, rival: TenantContext) -> None:
    migration = importlib.import_module("hansa.domain.inventory.migrations.0003_follow_catalogue")
    variants = {}
    for tenant, stock in ((shop, 5), (rival, -2)):
        with tenant_scope(tenant):
            variants[tenant.slug] = stocked(stock=stock)
            with transaction():
                StockItem.objects.all().delete()
                Warehouse.objects.all().delete()
    with psycopg.connect(os.environ["HANSA_OWNER_DATABASE_URL"]) as owner:
        others = "SELECT id FROM tenants_tenant t WHERE t.id IN (%s, %s) ORDER BY 1"
        sql = migration.OPENING_STOCK.replace(
            "SELECT t.id FROM tenants_tenant t ORDER BY t.id", others % (f"'{shop.id}'", f"'{rival.id}'")
        )
        owner.execute(sql)
    with tenant_scope(shop):
        assert counters(variants[shop.slug]) == (5, 0)
        assert published(variants[shop.slug]) == 5
        with transaction():
            line = StockMovement.objects.get()
            assert (line.kind, line.on_hand_delta, line.reason) == ("receive", 5, "opening stock")
    with tenant_scope(rival):
        assert counters(variants[rival.slug]) == (0, 0)
