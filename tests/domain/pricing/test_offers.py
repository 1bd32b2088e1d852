"""What a variant costs: the catalogue's price, price lists, tiers; and what it cost before."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from hansa.domain.accounts.models import CustomerGroup
from hansa.domain.accounts.services.save_customer import save_customer_group
from hansa.domain.catalog.models import Category, Product, Variant
from hansa.domain.catalog.services.create_category import create_category
from hansa.domain.catalog.services.publish_products import unpublish_products
from hansa.domain.pricing.errors import InvalidPriceList, PriceListNotFound
from hansa.domain.pricing.models import PriceChange, PriceList, PriceListItem, TaxClass
from hansa.domain.pricing.queries import prices_sql, read_offers
from hansa.domain.pricing.selectors import get_offers, lowest_price_30_days
from hansa.domain.pricing.services.save_price_list import save_price_list
from hansa.domain.pricing.services.save_tax_class import save_tax_class
from hansa.domain.pricing.services.set_prices import PriceDraft, set_prices
from hansa.domain.pricing.services.set_product_tax_class import set_product_tax_class
from hansa.domain.pricing.types import Offer
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import ask_together
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.worlds import NOON, draft, entered, stock_shop

DAY = timedelta(days=1)


@pytest.fixture
def mug(shop: TenantContext, rival: TenantContext) -> Variant:
    """Return the one variant of our mug at 20.00; next door they have the same."""
    for tenant in (shop, rival):
        stock_shop(tenant, draft("Mug", price=2000))
    with entered(shop):
        return Variant.objects.select_related("product").get()


def _offer(shop: TenantContext, variant: Variant, **fields: Any) -> Offer:
    defaults: dict[str, Any] = {"variant_ids": [variant.pk], "currency": "EUR", "at": NOON}
    with tenant_scope(shop):
        return get_offers(**(defaults | fields))[variant.pk]


def _list(shop: TenantContext, variant: Variant, *prices: tuple[int, int], **fields: Any) -> PriceList:
    with tenant_scope(shop):
        made = save_price_list(price_list=PriceList(**({"name": f"List {uuid7()}", "currency": "EUR"} | fields)))
        set_prices(
            price_list_id=made.pk,
            prices=[PriceDraft(variant.pk, amount, min_quantity) for min_quantity, amount in prices],
        )
    return made


def test_without_price_lists_the_catalogues_price_counts(shop: TenantContext, mug: Variant) -> None:
    offer = _offer(shop, mug)
    assert (offer.unit_price(1), offer.unit_price(9999), offer.name) == (2000, 2000, "Mug")
    assert offer.image_url == "https://pictures.example/Mug.jpg"
    assert offer.is_for_sale
    line = offer.basket_line(id=uuid7(), quantity=3)
    assert line is not None
    assert (line.unit_price, line.list_price, line.quantity, line.tax_class) == (2000, 2000, 3, "")


def test_a_price_falls_with_the_quantity(shop: TenantContext, mug: Variant) -> None:
    _list(shop, mug, (1, 1900), (10, 1500), (100, 1200))
    offer = _offer(shop, mug)
    prices = [offer.unit_price(quantity) for quantity in (1, 9, 10, 99, 100)]
    assert prices == [1900, 1900, 1500, 1500, 1200]


def test_nobody_pays_more_than_the_catalogue_says(shop: TenantContext, mug: Variant) -> None:
    _list(shop, mug, (1, 2500))
    assert _offer(shop, mug).unit_price(1) == 2000


def test_the_lowest_of_equal_lists_counts_and_a_list_with_precedence_before_all(
    shop: TenantContext, mug: Variant
) -> None:
    _list(shop, mug, (1, 1700))
    _list(shop, mug, (1, 1600))
    assert _offer(shop, mug).unit_price(1) == 1600
    _list(shop, mug, (5, 1800), priority=-1)
    assert [_offer(shop, mug).unit_price(quantity) for quantity in (4, 5)] == [1600, 1800]


def test_a_list_holds_for_its_group_its_time_and_while_it_is_active(shop: TenantContext, mug: Variant) -> None:
    with tenant_scope(shop):
        group = save_customer_group(group=CustomerGroup(name="Wholesale", code="wholesale"))
    _list(shop, mug, (1, 1000), customer_group=group)
    _list(shop, mug, (1, 900), valid_from=NOON + DAY, valid_until=NOON + 2 * DAY)
    _list(shop, mug, (1, 800), is_active=False)
    assert _offer(shop, mug).unit_price(1) == 2000
    assert _offer(shop, mug, group_id=group.pk).unit_price(1) == 1000
    assert _offer(shop, mug, at=NOON + DAY).unit_price(1) == 900
    assert _offer(shop, mug, at=NOON + 2 * DAY).unit_price(1) == 2000


def test_in_another_currency_it_costs_what_a_list_says_or_is_not_sold(shop: TenantContext, mug: Variant) -> None:
    assert _offer(shop, mug, currency="JPY").unit_price(1) is None
    assert _offer(shop, mug, currency="JPY").basket_line(id=uuid7(), quantity=1) is None
    _list(shop, mug, (2, 3200), currency="JPY")
    offer = _offer(shop, mug, currency="JPY")
    assert (offer.unit_price(1), offer.unit_price(2)) == (None, 3200)
    assert _offer(shop, mug).unit_price(2) == 2000


def test_an_offer_knows_its_shelves_its_tax_class_and_whether_it_is_sold(shop: TenantContext, mug: Variant) -> None:
    with entered(shop):
        kitchen = create_category(name="Kitchen")
        cups = create_category(name="Cups", parent_id=kitchen.pk)
        garden = create_category(name="Garden")
    with tenant_scope(shop):
        save_tax_class(tax_class=TaxClass(code="reduced", name="Reduced"))
        set_product_tax_class(product_id=mug.product_id, tax_class_code="reduced")
    stock_shop(shop, draft("Mug", price=2000, category_names=("Kitchen", "Cups")))
    with entered(shop):
        assert Product.objects.get().category_id == cups.pk, Category.objects.values_list("path", flat=True)
    offer = _offer(shop, mug)
    assert {kitchen.pk, cups.pk} <= offer.category_ids
    assert garden.pk not in offer.category_ids
    assert offer.tax_class == "reduced"
    with tenant_scope(shop):
        set_product_tax_class(product_id=mug.product_id, tax_class_code="")
        unpublish_products(product_ids=[mug.product_id], now=NOON)
    offer = _offer(shop, mug)
    assert (offer.tax_class, offer.is_for_sale) == ("", False)


def test_a_rivals_variant_and_one_that_is_gone_are_missing(
    shop: TenantContext, rival: TenantContext, mug: Variant
) -> None:
    with entered(rival):
        theirs = Variant.objects.get()
    with tenant_scope(shop):
        found = get_offers(variant_ids=[mug.pk, theirs.pk, uuid7()], currency="EUR", at=NOON)
    assert set(found) == {mug.pk}


def test_offers_can_be_asked_for_by_a_statement_of_the_callers(shop: TenantContext, mug: Variant) -> None:
    sql, parameters = prices_sql(
        variant_ids=(),
        currency="EUR",
        group_id=None,
        at=NOON,
        variants="SELECT v.id FROM catalog_variant v WHERE v.product_id = %(product_id)s::uuid",
    )
    with tenant_scope(shop):
        (rows,) = ask_together([(sql, parameters | {"product_id": mug.product_id})])
    assert set(read_offers(rows)) == {mug.pk}


def test_prices_of_a_list_are_set_changed_and_taken_away(shop: TenantContext, mug: Variant) -> None:
    made = _list(shop, mug, (1, 1000), (5, 900))
    with tenant_scope(shop):
        set_prices(price_list_id=made.pk, prices=[PriceDraft(mug.pk, 800), PriceDraft(mug.pk, None, 5)])
    with entered(shop):
        assert list(PriceListItem.objects.values_list("min_quantity", "amount")) == [(1, 800)]


def test_a_price_list_that_makes_no_sense_is_refused(shop: TenantContext, rival: TenantContext, mug: Variant) -> None:
    made = _list(shop, mug, name="Sale")
    with entered(rival):
        theirs = Variant.objects.get()
    with tenant_scope(shop):
        for fields, field in (
            ({"name": ""}, "name"),
            ({"name": "Sale"}, "name"),
            ({"name": "X", "currency": "XXX"}, "currency"),
            ({"name": "X", "valid_from": NOON, "valid_until": NOON}, "valid_until"),
        ):
            with pytest.raises(InvalidPriceList) as refused:
                save_price_list(price_list=PriceList(**fields))
            assert refused.value.errors[0].field == field
        for price, field in (
            (PriceDraft(theirs.pk, 100), "variant"),
            (PriceDraft(mug.pk, -1), "amount"),
            (PriceDraft(mug.pk, 1, 0), "min_quantity"),
        ):
            with pytest.raises(InvalidPriceList) as refused:
                set_prices(price_list_id=made.pk, prices=[price])
            assert refused.value.errors[0].field == field
    with tenant_scope(rival), pytest.raises(PriceListNotFound):
        set_prices(price_list_id=made.pk, prices=[])


def _history(shop: TenantContext, variant: Variant, *changes: tuple[int, int]) -> None:
    """Let the variant have cost so much until so many days ago."""
    with entered(shop):
        PriceChange.objects.bulk_create(
            [
                PriceChange(variant=variant, currency="EUR", amount=amount, changed_at=NOON - days * DAY)
                for days, amount in changes
            ]
        )


def _lowest(shop: TenantContext, variant: Variant) -> tuple[int, int | None]:
    with tenant_scope(shop):
        lowest = lowest_price_30_days(variant_ids=[variant.pk], now=NOON)[variant.pk]
    return lowest.amount, lowest.before_change_amount


def test_the_lowest_price_of_thirty_days(shop: TenantContext, mug: Variant) -> None:
    assert _lowest(shop, mug) == (2000, None)
    _history(shop, mug, (40, 500), (30, 700), (29, 1500), (10, 2400))
    assert _lowest(shop, mug) == (1500, 700), "30 days before the change 10 days ago there was 7.00"


def test_a_sale_that_lasts_is_still_compared_with_the_price_before_it(shop: TenantContext, mug: Variant) -> None:
    _history(shop, mug, (100, 2200), (90, 2500))
    assert _lowest(shop, mug) == (2000, 2200)


@pytest.mark.usefixtures("mug")
def test_every_way_to_change_a_price_leaves_the_former_one(shop: TenantContext) -> None:
    def former() -> list[int]:
        with entered(shop):
            return list(PriceChange.objects.order_by("changed_at").values_list("amount", flat=True))

    assert former() == []
    stock_shop(shop, draft("Mug", price=2000, stock=9))
    assert former() == [], "the price is the same"
    stock_shop(shop, draft("Mug", price=1800))
    assert former() == [2000], "an import"
    with entered(shop):
        variant = Variant.objects.get()
        variant.price_amount = 1700
        variant.save()
    assert former() == [2000, 1800], "the ORM"
    with entered(shop), connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_variant SET price_amount = price_amount + 100")
    assert former() == [2000, 1800, 1700], "bare SQL"


def test_many_prices_change_in_one_statement_and_each_has_its_history(
    shop: TenantContext, rival: TenantContext
) -> None:
    for tenant in (shop, rival):
        stock_shop(tenant, *[draft(f"Mug {number}", price=1000 + number) for number in range(30)])
    with entered(shop), connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_variant SET price_amount = price_amount / 2 WHERE price_amount >= 1010")
    with entered(shop):
        assert sorted(PriceChange.objects.values_list("amount", flat=True)) == list(range(1010, 1030))
    with entered(rival):
        assert not PriceChange.objects.exists()


def test_a_variant_that_goes_takes_its_prices_with_it(shop: TenantContext, mug: Variant) -> None:
    _list(shop, mug, (1, 1000))
    stock_shop(shop, draft("Mug", price=1800))
    with entered(shop):
        Product.objects.get().delete()
        assert not PriceChange.objects.exists()
        assert not PriceListItem.objects.exists()
