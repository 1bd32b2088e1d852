"""The demo is loaded like a merchant's file, so it must be a good one."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from hansa.config.demo import seed
from hansa.config.demo.trade import open_for_business
from hansa.domain.catalog.models import Product, ProductImage, Variant
from hansa.domain.catalog.selectors import list_products
from hansa.domain.fulfilment.models import ShippingMethod
from hansa.domain.fulfilment.quote import quote
from hansa.domain.fulfilment.selectors import get_methods
from hansa.domain.fulfilment.types import BasketFacts
from hansa.domain.imports.services.import_file import import_file
from hansa.domain.pricing.models import Promotion, TaxRate
from hansa.domain.pricing.selectors import get_promotions, get_tax_rules, list_promotions
from hansa.domain.pricing.services.archive_promotion import archive_promotion
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.worlds import NOON, entered

FOLDER = Path(seed.__file__).parent


@pytest.mark.parametrize(("slug", "products", "variants"), [("demo", 61, 214), ("rival", 31, 66)])
def test_a_demo_catalogue_is_imported_whole(shop: TenantContext, slug: str, products: int, variants: int) -> None:
    with tenant_scope(shop):
        summary = import_file(FOLDER / f"{slug}.csv", file_format="shopify", now=NOON)
    assert (summary.created, summary.failed_rows) == (products, 0)
    with entered(shop):
        assert Variant.objects.count() == variants
        assert Product.objects.exclude(description="").count() == products


def test_the_demo_shows_what_shops_have_to_show(shop: TenantContext) -> None:
    with tenant_scope(shop):
        import_file(FOLDER / "demo.csv", file_format="shopify", now=NOON)
    with entered(shop):
        published = list_products().published()
        assert 0 < published.count() < list_products().count(), "a few drafts"
        assert published.exclude(pk__in=published.in_stock()).exists(), "a few out of stock"
        assert Variant.objects.filter(compare_at_amount__isnull=False).exists(), "a few reduced"
        assert published.values("category").distinct().count() == 8


def test_every_picture_of_the_demo_is_served_by_us(shop: TenantContext) -> None:
    with tenant_scope(shop):
        for slug in seed.SHOPS:
            import_file(FOLDER / f"{slug}.csv", file_format="shopify", now=NOON)
    with entered(shop):
        addresses = set(ProductImage.objects.values_list("url", flat=True))
    assert len(addresses) > 90
    assert [url for url in addresses if not finders.find(url.removeprefix("/static/"))] == []


def test_a_demo_shop_can_sell(shop: TenantContext) -> None:
    with tenant_scope(shop):
        open_for_business()
        rules = get_tax_rules(country="DE", at=NOON)
        methods = get_methods(country="DE", postal_code="20095")
        promotions, _ = get_promotions(codes=["welcome10", "3for2"], at=NOON)
    assert rules.prices_include_tax
    assert [rate.rate_ppm for rate in rules.rates[rules.default_class]] == [190_000]
    facts = BasketFacts(currency="EUR", value=2000, weight_grams=6000, quantity=1)
    assert [option.amount for option in quote(methods, facts)] == [490, 1890, 0]
    assert len(methods[2].pickup_points) == 2
    assert sorted(promotion.code for promotion in promotions) == ["", "3FOR2", "WELCOME10"]


def test_what_the_owner_of_a_demo_shop_put_away_stays_away(shop: TenantContext) -> None:
    with tenant_scope(shop):
        open_for_business()
    with entered(shop):
        promotion = list_promotions().get(code="WELCOME10")
        archive_promotion(promotion_id=promotion.pk, now=NOON)
        before = TaxRate.objects.count(), ShippingMethod.objects.count(), Promotion.objects.count()
    with tenant_scope(shop):
        open_for_business()
    with entered(shop):
        assert (TaxRate.objects.count(), ShippingMethod.objects.count(), Promotion.objects.count()) == before
        assert not list_promotions().filter(code="WELCOME10").exists()


def test_seeding_twice_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    seed.seed_demo()
    first = capsys.readouterr().err
    seed.seed_demo()
    assert "61 products" in first
    assert capsys.readouterr().err == ""
