"""A kept page shows each change with the next request, whichever process answers."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory

from hansa.domain.catalog.models import Category, Picture, PictureStatus, Product, ProductImage, Variant
from hansa.domain.catalog.services.archive_category import archive_category
from hansa.domain.catalog.services.archive_products import archive_products
from hansa.domain.catalog.services.count_purchases import count_purchases
from hansa.domain.catalog.services.create_category import create_category
from hansa.domain.catalog.services.listing import rebuild_listing
from hansa.domain.catalog.services.move_category import move_category, rename_category
from hansa.domain.catalog.services.update_product import update_product
from hansa.domain.pricing.models import PriceList
from hansa.domain.pricing.services.save_price_list import save_price_list
from hansa.domain.pricing.services.set_prices import PriceDraft, set_prices
from hansa.domain.work.services.perform import work_off
from hansa.interfaces.shop import views
from hansa.interfaces.shop.keeping.answer import Content
from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.interfaces.shop.pages import Page
from tests.interfaces.shop.visits import Processes, processes_of
from tests.worlds import draft, entered, stock_shop
from tests.worlds_buying import open_shop
from tests.worlds_orders import buy

PAGES = ("/", "/products/", "/c/kitchen/", "/c/kitchen/?sort=price&attr.material=Clay", "/p/mug/")


def _stock(tenant: TenantContext) -> None:
    open_shop(tenant)
    stock_shop(
        tenant,
        draft("Mug", category_names=("Kitchen",), price=1000, stock=6, attributes={"Material": ("Clay",)}),
        draft("Bowl", category_names=("Kitchen",), price=2500, stock=50, attributes={"Material": ("Clay",)}),
    )


@pytest.fixture
def market(shop: TenantContext) -> TenantContext:
    """Stock our shop."""
    _stock(shop)
    return shop


@pytest.fixture
def processes(market: TenantContext, monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    """Return two processes that serve our shop."""
    with processes_of(market, monkeypatch) as running:
        yield running


def _mug() -> Product:
    with transaction():
        return Product.objects.get(name="Mug")


def _kitchen() -> Category:
    with transaction():
        return Category.objects.get(name="Kitchen")


def _rename() -> None:
    update_product(product_id=_mug().pk, name="Beaker", now=clock.now())


def _describe() -> None:
    update_product(product_id=_mug().pk, description="<p>Glazed by hand.</p>", now=clock.now())


def _import(**fields: int) -> Callable[[TenantContext], None]:
    def run(tenant: TenantContext) -> None:
        stock_shop(tenant, draft("Mug", category_names=("Kitchen",), **({"price": 1000} | fields)))

    return run


def _price_list(**times: object) -> None:
    listed = save_price_list(price_list=PriceList(name="Autumn", **times))
    with transaction():
        mug = Variant.objects.get(product__name="Mug").pk
    set_prices(price_list_id=listed.pk, prices=[PriceDraft(mug, 777, 1)])


def _publish_price_list() -> None:
    _price_list()
    work_off(now=clock.now() + timedelta(seconds=1))


def _sell(pieces: int) -> None:
    buy(mugs=pieces)
    work_off(now=clock.now())


def _fetch() -> None:
    with transaction():
        image = ProductImage.objects.get(product=_mug())
        rendition = {"url": "/media/ours.webp", "width": 320, "height": 320, "format": "webp"}
        Picture.objects.create(
            url=image.url, host="pictures.example", status=PictureStatus.DONE, sha256="0" * 64, renditions=[rendition]
        )


def _move() -> None:
    house = create_category(name="House")
    move_category(category_id=_kitchen().pk, parent_id=house.pk)


def _new_shelf_with_product() -> None:
    with transaction():
        shelf = create_category(name="Gifts").pk
    update_product(product_id=_mug().pk, category_id=shelf, now=clock.now())


def _rebuild_after_raw_sql() -> None:
    """Write past all services, as whoever mends a database does."""
    with transaction():
        Product.objects.filter(name="Mug").update(name="Goblet")
    rebuild_listing()


@dataclass(frozen=True)
class Change:
    """What somebody does, and what a page then says."""

    do: Callable[[TenantContext], object]
    address: str
    then: str
    is_gone: bool = False
    """The page has said `then`, and no longer does."""


CHANGES = {
    "a product's name, on its page": Change(lambda _: _rename(), "/p/mug/", "Beaker"),
    "its name, in a list": Change(lambda _: _rename(), "/c/kitchen/", "Beaker"),
    "its name, beside another": Change(lambda _: _rename(), "/p/bowl/", "Beaker"),
    "its name, on the front page": Change(lambda _: _rename(), "/", "Beaker"),
    "its description": Change(lambda _: _describe(), "/p/mug/", "Glazed by hand."),
    "an import's price, on its page": Change(_import(price=1234), "/p/mug/", "12.34"),
    "an import's price, in a list": Change(_import(price=1234), "/products/", "12.34"),
    "a price list": Change(lambda _: _price_list(), "/p/mug/", "7.77"),
    "a price list that was published": Change(lambda _: _publish_price_list(), "/c/kitchen/", "7.77"),
    "a sale": Change(lambda _: _sell(4), "/p/mug/", "Only 2 left"),
    "the last sale, on its page": Change(lambda _: _sell(6), "/p/mug/", "Sold out"),
    "the last sale, in a list": Change(lambda _: _sell(6), "/c/kitchen/", "Sold out"),
    "the last sale, on the front page": Change(lambda _: _sell(6), "/", "Sold out"),
    "a picture that was fetched": Change(lambda _: _fetch(), "/p/mug/", "/media/ours.webp"),
    "a shelf's name": Change(lambda _: rename_category(category_id=_kitchen().pk, name="Cooking"), "/", "Cooking"),
    "a shelf's name, in every page's menu": Change(
        lambda _: rename_category(category_id=_kitchen().pk, name="Cooking"), "/p/bowl/", "Cooking"
    ),
    "a shelf's place": Change(lambda _: _move(), "/products/", "/c/house/kitchen/"),
    "a new shelf, in every page's menu": Change(lambda _: _new_shelf_with_product(), "/p/bowl/", "/c/gifts/"),
    "an archived product": Change(
        lambda _: archive_products(product_ids=[_mug().pk], now=clock.now()), "/c/kitchen/", "Mug", is_gone=True
    ),
    "what was written by hand": Change(lambda _: _rebuild_after_raw_sql(), "/c/kitchen/", "Goblet"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_kept_page_shows_the_change_with_the_next_request(
    processes: Processes, market: TenantContext, name: str
) -> None:
    change = CHANGES[name]
    assert processes.is_kept(change.address)
    for process in (0, 1):
        assert (change.then in processes.look(change.address, process).text) is change.is_gone
    with tenant_scope(market):
        change.do(market)
    for process in (0, 1):
        assert (change.then in processes.look(change.address, process).text) is not change.is_gone
    assert processes.is_kept(change.address)


def test_what_is_gone_is_not_found(processes: Processes, market: TenantContext) -> None:
    assert processes.is_kept("/p/mug/")
    assert processes.is_kept("/c/kitchen/")
    with tenant_scope(market), transaction():
        products = list(Product.objects.values_list("pk", flat=True))
        archive_products(product_ids=products, now=clock.now())
        Product.objects.update(category=None)
        archive_category(category_id=_kitchen().pk, now=clock.now())
    for process in (0, 1):
        processes.look("/p/mug/", process, status=404)
        processes.look("/c/kitchen/", process, status=404)


def test_the_most_popular_come_first_as_soon_as_they_are(processes: Processes, market: TenantContext) -> None:
    popular, newest = "/c/kitchen/?sort=popular", "/c/kitchen/"
    for pieces, first in (({"Mug": 2}, "Mug"), ({"Bowl": 5}, "Bowl")):
        assert processes.is_kept(newest)
        with entered(market):
            count_purchases(pieces={Product.objects.get(name=name).pk: number for name, number in pieces.items()})
        assert processes.look(newest).was_kept, "a sale changes no order but this"
        for process in (0, 1):
            assert Page(processes.look(popular, process).text).products[0] == first
        assert processes.is_kept(popular)


def test_a_price_that_begins_by_itself_is_shown_from_its_moment_on(
    processes: Processes, market: TenantContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    begins = clock.now() + timedelta(minutes=5)
    with tenant_scope(market):
        _price_list(valid_from=begins, valid_until=begins + timedelta(minutes=10))
    assert processes.is_kept("/p/mug/")
    shown = []
    for minutes in (4, 5, 9, 15, 16):
        moment = begins + timedelta(minutes=minutes - 5)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        shown.append("7.77" in processes.look("/p/mug/").text)
    assert shown == [False, True, True, False, False]


def test_no_page_is_kept_for_longer_than_an_hour(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    start = clock.now()
    assert processes.is_kept("/c/kitchen/")
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=59))
    assert processes.look("/c/kitchen/").was_kept
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=61))
    assert not processes.look("/c/kitchen/").was_kept


def test_the_shop_s_name_is_part_of_the_question(market: TenantContext) -> None:
    request = RequestFactory().get("/", headers={"host": f"{market.slug}.localhost"})
    with tenant_scope(market):
        assert market.name in views.home(request).content.decode()
    with tenant_scope(replace(market, name="Under New Management")):
        assert "Under New Management" in views.home(request).content.decode()
    with tenant_scope(replace(market, currency="USD")):
        assert "All prices are in USD." in views.home(request).content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_what_another_shop_does_drops_nothing_of_ours(processes: Processes, rival: TenantContext, address: str) -> None:
    assert processes.is_kept(address)
    _stock(rival)
    with tenant_scope(rival):
        _price_list()
        _sell(6)
        _rename()
        _move()
    assert all(processes.look(address, process).was_kept for process in (0, 1))


@pytest.mark.parametrize("address", PAGES)
def test_what_was_rolled_back_drops_nothing(processes: Processes, market: TenantContext, address: str) -> None:
    assert processes.is_kept(address)
    with pytest.raises(InterruptedError), entered(market):
        _rename()
        raise InterruptedError
    assert all(processes.look(address, process).was_kept for process in (0, 1))


@pytest.mark.parametrize("address", PAGES)
def test_a_write_that_changes_nothing_drops_nothing(processes: Processes, market: TenantContext, address: str) -> None:
    again = draft("Mug", category_names=("Kitchen",), price=1000, stock=6, attributes={"Material": ("Clay",)})
    stock_shop(market, again)
    assert processes.is_kept(address)
    stock_shop(market, again)
    with entered(market):
        Product.objects.update(metadata={"erp": "4711"})
    assert all(processes.look(address, process).was_kept for process in (0, 1))


@pytest.mark.parametrize("address", PAGES)
def test_what_changes_while_a_page_is_made_is_on_the_next(
    processes: Processes, market: TenantContext, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    def rename_meanwhile(*read: Any) -> Content:
        monkeypatch.setattr(views, "Content", Content)
        with ThreadPoolExecutor(1) as somebody:
            somebody.submit(_as_somebody_else, market).result()
        return Content(*read)

    monkeypatch.setattr(views, "Content", rename_meanwhile)
    assert "Beaker" not in processes.look(address).text
    assert "Beaker" in processes.look(address).text


def _as_somebody_else(tenant: TenantContext) -> None:
    with tenant_scope(tenant):
        _rename()
    connection.close()


def test_a_checkout_itself_changes_no_page(processes: Processes, market: TenantContext) -> None:
    assert [address for address in PAGES if not processes.is_kept(address)] == []
    with tenant_scope(market):
        buy(mugs=6)
    assert all(processes.look(address).was_kept for address in PAGES), "the worker tells the pages, once for many sales"
    with tenant_scope(market):
        work_off(now=clock.now())
    assert [address for address in PAGES if processes.look(address).was_kept] == []
