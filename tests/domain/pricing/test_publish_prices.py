"""The listing shows what price lists for everybody say, while they hold."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from hansa.domain.accounts.models import CustomerGroup
from hansa.domain.catalog.models import Product, Variant
from hansa.domain.catalog.queries import ListingQuery, Sort
from hansa.domain.catalog.selectors import get_listing_page, get_product_document
from hansa.domain.pricing.handlers import publish_what_holds_now
from hansa.domain.pricing.models import PriceList, PriceListChange, PriceListItem
from hansa.domain.pricing.selectors import price_product_document
from hansa.domain.pricing.services.publish_prices import publish_prices
from hansa.domain.pricing.services.save_price_list import save_price_list
from hansa.domain.pricing.services.set_prices import PriceDraft, set_prices
from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext, get_current_tenant, tenant_scope
from hansa.kernel.transactions import transaction
from tests.worlds import draft, stock_shop

pytestmark = pytest.mark.usefixtures("in_shop")
NOW = clock.now() + timedelta(hours=1)
"""The triggers write down when it was by the database's clock; the worker comes later."""


@pytest.fixture
def in_shop(shop: TenantContext) -> Iterator[TenantContext]:
    """Work in our shop."""
    with tenant_scope(shop):
        yield shop


@pytest.fixture
def mug(in_shop: TenantContext) -> UUID:  # noqa: ARG001
    stock_shop(get_current_tenant(), draft("Mug", price=2000), draft("Bowl", price=1500))
    with transaction():
        return Variant.objects.get(product__name="Mug").pk


def _list(mug: UUID, amount: int = 1200, *, min_quantity: int = 1, **fields: Any) -> PriceList:
    listed = save_price_list(price_list=PriceList(name=f"List {amount} {min_quantity} {fields}"[:200], **fields))
    set_prices(price_list_id=listed.pk, prices=[PriceDraft(mug, amount, min_quantity)])
    return listed


def _shown(name: str = "Mug") -> tuple[int, int | None]:
    (document,) = [one for one in get_listing_page(ListingQuery()).documents() if one["name"] == name]
    former = document["compare_at_price"]
    return document["price"]["amount"], former and former["amount"]


def _page(now: datetime) -> tuple[int, int | None]:
    document = price_product_document(get_product_document("mug"), now=now)
    former = document["compare_at_price"]
    return document["price"]["amount"], former and former["amount"]


def _names(sort: Sort) -> list[str]:
    return [one["name"] for one in get_listing_page(ListingQuery(sort=sort)).documents()]


def test_the_list_shows_what_the_page_shows_sorts_by_it_and_forgets_it(mug: UUID) -> None:
    assert _names(Sort.PRICE) == ["Bowl", "Mug"]
    listed = _list(mug)
    assert publish_prices(now=NOW) == 1
    assert _shown() == _page(NOW) == (1200, 2000)
    assert _shown("Bowl") == (1500, None)
    assert _names(Sort.PRICE) == ["Mug", "Bowl"]
    assert publish_prices(now=NOW) == 0
    set_prices(price_list_id=listed.pk, prices=[PriceDraft(mug, None)])
    assert publish_prices(now=NOW) == 1
    assert _shown() == _page(NOW) == (2000, None)


def test_a_list_that_is_deleted_or_switched_off_no_longer_counts(mug: UUID) -> None:
    first, second = _list(mug, 1200), _list(mug, 1100)
    publish_prices(now=NOW)
    assert _shown() == (1100, 2000)
    with transaction():
        PriceList.objects.filter(pk=second.pk).delete()
    publish_what_holds_now(NOW)
    assert _shown() == (1200, 2000)
    first.is_active = False
    save_price_list(price_list=first)
    publish_what_holds_now(NOW)
    assert _shown() == (2000, None)


def test_it_begins_and_ends_when_its_time_does(mug: UUID, shop: TenantContext) -> None:
    begins, ends = NOW + timedelta(days=1), NOW + timedelta(days=2)
    _list(mug, valid_from=begins, valid_until=ends)
    publish_prices(now=NOW)
    assert (_shown(), _is_due(shop, NOW)) == ((2000, None), False)
    for at, price in ((begins, (1200, 2000)), (ends, (2000, None))):
        assert not _is_due(shop, at - timedelta(seconds=1))
        assert _is_due(shop, at)
        publish_prices(now=at)
        assert _shown() == _page(at) == price
        assert not _is_due(shop, at)


def test_a_list_for_a_group_a_quantity_or_another_currency_is_not_everybodys(mug: UUID) -> None:
    with transaction():
        group = CustomerGroup.objects.create(name="Trade", code="trade")
    _list(mug, 1, customer_group=group)
    _list(mug, 2, min_quantity=2)
    _list(mug, 3, currency="USD")
    _list(mug, 4, is_active=False)
    assert publish_prices(now=NOW) == 0
    assert _shown() == _page(NOW) == (2000, None)


def test_the_lowest_priority_number_counts_and_nobody_pays_more_than_the_catalogue(mug: UUID) -> None:
    _list(mug, 1200, priority=5)
    _list(mug, 1900, priority=1)
    publish_prices(now=NOW)
    assert _shown() == _page(NOW) == (1900, 2000)
    _list(mug, 5000, priority=0)
    publish_prices(now=NOW)
    assert _shown() == _page(NOW) == (2000, None)


def test_a_file_that_changes_the_catalogues_price_keeps_the_lists(mug: UUID) -> None:
    _list(mug, 1200)
    publish_prices(now=NOW)
    stock_shop(get_current_tenant(), draft("Mug", price=1900, compare_at=2500))
    assert _shown() == _page(NOW) == (1200, 2500)
    stock_shop(get_current_tenant(), draft("Mug", price=1000))
    assert _shown()[0] == _page(NOW)[0] == 1000


def test_of_several_variants_the_cheapest_is_shown_as_from(mug: UUID) -> None:  # noqa: ARG001  (stands beside)
    file = draft("Cup")
    (variant,) = file.variants
    variants = (replace(variant, option_values=("S",)), replace(variant, option_values=("L",)))
    stock_shop(get_current_tenant(), replace(file, option_names=("Size",), variants=variants))
    with transaction():
        large = Variant.objects.get(product__name="Cup", option_values=["L"]).pk
    _list(large, 900)
    publish_prices(now=NOW)
    (document,) = [one for one in get_listing_page(ListingQuery()).documents() if one["name"] == "Cup"]
    page = price_product_document(get_product_document("cup"), now=NOW)
    for shown in (document, page):
        assert (shown["price"]["amount"], shown["compare_at_price"]["amount"]) == (900, 1999)
        assert shown["price_varies"] is True


def test_it_is_no_edit_of_the_variant(mug: UUID) -> None:
    with transaction():
        before = Variant.objects.get(pk=mug).updated_at, Product.objects.get(variants=mug).updated_at
    _list(mug)
    publish_prices(now=NOW)
    with transaction():
        assert (Variant.objects.get(pk=mug).updated_at, Product.objects.get(variants=mug).updated_at) == before


def test_more_than_one_portion_is_published(mug: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hansa.domain.pricing.services.publish_prices.AT_ONCE", 1)
    with transaction():
        bowl = Variant.objects.get(product__name="Bowl").pk
    listed = _list(mug)
    set_prices(price_list_id=listed.pk, prices=[PriceDraft(bowl, 100)])
    assert publish_prices(now=NOW) == 2
    assert (_shown("Mug")[0], _shown("Bowl")[0]) == (1200, 100)


def test_the_shop_next_door_notices_nothing(mug: UUID, rival: TenantContext) -> None:
    with tenant_scope(rival):
        stock_shop(rival, draft("Mug", price=2000))
        publish_prices(now=NOW)
    _list(mug)
    assert not _is_due(rival, NOW)
    with tenant_scope(rival):
        assert publish_prices(now=NOW) == 0
        assert _shown() == (2000, None)
        with transaction():
            assert (PriceListChange.objects.count(), PriceListItem.objects.count()) == (0, 0)


def _is_due(tenant: TenantContext, moment: datetime) -> bool:
    with transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT pricing_pricelistchange_due(%s)", [moment])
        return tenant.id in {row[0] for row in cursor.fetchall()}
