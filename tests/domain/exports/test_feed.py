"""The Google Merchant feed: within Google's limits, whatever the shop holds."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.files.storage import storages
from django.db import connection
from psycopg import Connection

from hansa.domain.catalog.models import Picture
from hansa.domain.catalog.types import ImageDraft, VariantDraft
from hansa.domain.exports.errors import InvalidFeed
from hansa.domain.exports.formats.merchant import cut, is_gtin
from hansa.domain.exports.models import MAX_FEEDS, Feed, FeedStatus
from hansa.domain.exports.services.switch_feed import switch_feed_off, switch_feed_on
from hansa.domain.imports.services.import_file import import_file
from hansa.domain.work.services.perform import work_off
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.isolation.tables import past_the_wall
from tests.worlds import browser, draft, stock_shop

G = "{http://base.google.com/ns/1.0}"
SHOPIFY = Path("/work/shared/data/shopify")


@pytest.fixture(autouse=True)
def _in_our_shop(shop: TenantContext) -> Iterator[None]:
    with tenant_scope(shop):
        yield


def written() -> list[dict[str, Any]]:
    """Switch the feed on, let the worker write it, and return its items; repeated names are lists."""
    switch_feed_on(language="en", now=now())
    work_off(now=now())
    with transaction():
        feed = Feed.objects.get()
    assert (feed.status, feed.last_error) == (FeedStatus.PENDING, "")
    with storages["private"].open(feed.file_name) as file:
        channel = ET.fromstring(file.read())[0]  # noqa: S314  (ours)
    items: list[dict[str, Any]] = []
    for item in channel.iter("item"):
        facts: dict[str, Any] = {}
        for fact in item:
            name = fact.tag.removeprefix(G)
            text = fact.text or ""
            facts[name] = [*facts.get(name, []), text] if name == "additional_image_link" else text
        items.append(facts)
    assert feed.items == len(items)
    return items


def check(item: dict[str, Any]) -> None:
    """Hold an item against Google's product data specification."""
    for name, limit in {
        "id": 50,
        "title": 150,
        "description": 5000,
        "link": 2000,
        "image_link": 2000,
        "availability": 20,
        "price": 30,
        "condition": 11,
    }.items():
        assert 0 < len(item[name]) <= limit, (name, item)
    for name, limit in {
        "brand": 70,
        "mpn": 70,
        "color": 100,
        "size": 100,
        "material": 200,
        "pattern": 100,
        "item_group_id": 50,
        "product_type": 750,
    }.items():
        assert name not in item or 0 < len(item[name]) <= limit, (name, item)
    assert item["availability"] in {"in_stock", "out_of_stock", "preorder", "backorder"}
    assert ("availability_date" in item) == (item["availability"] in {"preorder", "backorder"})
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", item.get("availability_date", "2026-01-31T00:00Z"))
    for name in ("price", "sale_price"):
        assert name not in item or re.fullmatch(r"\d+\.\d\d EUR", item[name])
    assert item["price"] != "0.00 EUR"
    for link in (item["link"], item["image_link"], *item.get("additional_image_link", [])):
        assert re.match(r"https?://", link)
    assert len(item.get("additional_image_link", [])) <= 10
    assert "<" not in item["description"]
    has_number = "gtin" in item or ("brand" in item and "mpn" in item)
    assert has_number != (item.get("identifier_exists") == "no")


def test_a_variant_is_an_item_with_its_group_and_traits(shop: TenantContext) -> None:
    shirt: dict[str, Any] = {
        "option_names": ("Colour", "Size"),
        "category_names": ("Clothing", "Shirts"),
        "vendor": "Weaver & Sons",
        "attributes": {"Material": ("Linen",)},
        "description": "<p>Light &amp; <b>loose</b>.</p>",
        "variants": (
            VariantDraft(("Blue", "M"), price_amount=1999, compare_at_amount=2500, sku="S-1", barcode="4006381333931"),
            VariantDraft(("Red", "M"), price_amount=2500, sku="S-2", is_stock_tracked=True, stock_quantity=0),
        ),
    }
    stock_shop(shop, draft("Shirt", **shirt))
    first, second = written()
    assert first["title"] == "Shirt – Blue – M"
    assert first["description"] == "Light & loose ."
    assert (first["price"], first["sale_price"]) == ("25.00 EUR", "19.99 EUR")
    assert (first["brand"], first["gtin"], first["mpn"]) == ("Weaver & Sons", "4006381333931", "S-1")
    assert (first["color"], first["size"], first["material"]) == ("Blue", "M", "Linen")
    assert first["product_type"] == "Clothing > Shirts"
    assert first["item_group_id"] == second["item_group_id"]
    assert first["link"].endswith(f"/p/shirt/?variant={first['id']}")
    assert (first["availability"], second["availability"]) == ("in_stock", "out_of_stock")
    assert "sale_price" not in second
    for item in (first, second):
        check(item)


def test_what_is_sold_before_it_is_here_has_the_day_on_which_it_will_be(shop: TenantContext) -> None:
    gone: dict[str, Any] = {"price_amount": 1000, "is_stock_tracked": True, "stock_quantity": 0}
    variants = (VariantDraft((), **gone, sells_when_out_of_stock=True),)
    stock_shop(shop, draft("Kettle", variants=variants), draft("Mug"))
    days_before = now().date()
    kettle, mug = sorted(written(), key=lambda item: str(item["title"]))
    assert (kettle["availability"], mug["availability"]) == ("backorder", "in_stock")
    assert date_of(kettle) - days_before in {timedelta(days=14), timedelta(days=15)}, (
        "today, or a second after midnight"
    )
    check(kettle)
    check(mug)
    switch_feed_on(language="en", backorder_days=40, now=now())
    kettle, _ = sorted(written(), key=lambda item: str(item["title"]))
    assert date_of(kettle) - days_before in {timedelta(days=40), timedelta(days=41)}
    with pytest.raises(InvalidFeed, match="within 1 to 365 days"):
        switch_feed_on(language="en", backorder_days=366, now=now())
    with transaction():
        assert Feed.objects.get().backorder_days == 40


def test_a_feed_that_is_changed_while_it_is_written_is_written_again_at_once(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    switch_feed_on(language="en", now=now())

    def write() -> None:
        with tenant_scope(shop):
            work_off(now=now())
        connection.close()

    with past_the_wall() as operator:
        with operator.transaction():
            operator.execute("LOCK TABLE catalog_product IN ACCESS EXCLUSIVE MODE")
            writer = Thread(target=write)
            writer.start()
            assert waits_for_lock(operator), "the writer reads products"
            switch_feed_on(language="en", backorder_days=40, now=now())
        writer.join()
    with transaction():
        feed = Feed.objects.get()
    assert (feed.status, feed.backorder_days) == (FeedStatus.PENDING, 40)
    assert feed.available_at <= now()
    work_off(now=now())
    with transaction():
        assert Feed.objects.get().available_at > now() + timedelta(minutes=50)


def waits_for_lock(operator: Connection[Any]) -> bool:
    """Return when somebody waits for a lock on the products, at the latest after ten seconds; tells whether so."""
    asked = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'catalog_product'::regclass)"
    deadline = monotonic() + 10
    while monotonic() < deadline:
        (is_so,) = operator.execute(asked).fetchone() or (False,)
        if is_so:
            return True
    return False


def test_a_shop_has_only_so_many_feeds() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    for first in letters[:4]:
        for second in letters[:25]:
            switch_feed_on(language=first + second, now=now())
    with pytest.raises(InvalidFeed, match="at most 100 languages"):
        switch_feed_on(language="zz", now=now())
    with transaction():
        assert Feed.objects.count() == MAX_FEEDS == 100
    switch_feed_on(language="aa", now=now())


def date_of(item: dict[str, Any]) -> date:
    return datetime.fromisoformat(item["availability_date"]).date()


def test_pictures_are_our_own_where_we_have_them(shop: TenantContext) -> None:
    elsewhere = [f"https://p.example/{n}.jpg" for n in range(3)]
    variants = (VariantDraft((), price_amount=1000, image_url=elsewhere[1]),)
    stock_shop(shop, draft("Mug", images=tuple(ImageDraft(url) for url in elsewhere), variants=variants))
    (before,) = written()
    assert [before["image_link"], *before["additional_image_link"]] == [elsewhere[1], elsewhere[0], elsewhere[2]]
    ours = [{"url": f"/media/{shop.id}/pictures/a-{width}.webp"} for width in (320, 1600)]
    with transaction():
        Picture.objects.create(url=elsewhere[1], host="p.example", sha256="a" * 64, renditions=ours, status="done")
        Picture.objects.create(url=elsewhere[2], host="p.example", status="failed")
    (after,) = written()
    at = f"http://{shop.slug}.localhost"
    assert after["image_link"].startswith(at)
    assert after["image_link"].endswith(f"/media/{shop.id}/pictures/a-1600.webp")
    assert after["additional_image_link"] == [elsewhere[0], elsewhere[2]]


def test_unit_prices_are_told_in_googles_units(shop: TenantContext) -> None:
    def oil(unit: str) -> tuple[VariantDraft, ...]:
        extras = {
            "unit_price_total_measure": "750",
            "unit_price_total_measure_unit": unit,
            "unit_price_base_measure": "100",
            "unit_price_base_measure_unit": unit,
        }
        return (VariantDraft((), price_amount=1200, metadata=extras),)

    stock_shop(shop, draft("Oil", variants=oil("ML")), draft("Gas", variants=oil("barrels")))
    told = {
        item["title"]: (item.get("unit_pricing_measure"), item.get("unit_pricing_base_measure")) for item in written()
    }
    assert told == {"Oil": ("750 ml", "100 ml"), "Gas": (None, None)}


def test_what_google_would_refuse_is_cut_or_left_out(shop: TenantContext) -> None:
    stock_shop(
        shop,
        draft("Word " * 59, source_key="long", description="word " * 2000, vendor="Brand " * 30),
        draft(
            "Control \x0b and <tag> & more",
            description="Odd",
            source_key="odd",
            images=tuple(ImageDraft(f"https://p.example/{n}.jpg") for n in range(20)),
        ),
        draft("No picture", images=()),
        draft("Free", price=0),
        draft("Hidden", is_published=False),
    )
    items = {item["link"].rsplit("/", 2)[1]: item for item in written()}
    assert len(items) == 2
    for item in items.values():
        check(item)
    odd = next(item for item in items.values() if item["title"].startswith("Control"))
    assert odd["title"] == "Control  and <tag> & more"
    assert len(odd["additional_image_link"]) == 10


@pytest.mark.parametrize("name", sorted(file.name for file in SHOPIFY.glob("*.csv")) or ["none"])
def test_real_catalogues_are_within_the_limits(name: str) -> None:
    if name == "none":
        assert not SHOPIFY.exists()
        return
    import_file(SHOPIFY / name, file_format="shopify", now=now())
    for item in written():
        check(item)


def test_the_feed_is_fetched_with_its_etag_and_off_by_default(shop: TenantContext, rival: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    with browser(shop) as crawler:
        at = "/feeds/google/en.xml"
        assert crawler.get(at).status_code == 404
        written()
        got = crawler.get(at)
        assert (got.status_code, got.headers["content-type"]) == (200, "application/rss+xml; charset=utf-8")
        assert "<g:title>Mug</g:title>" in got.text
        assert crawler.get(at, headers={"If-None-Match": got.headers["etag"]}).status_code == 304
        assert crawler.get(at, headers={"If-Modified-Since": got.headers["last-modified"]}).status_code == 304
        stock_shop(shop, draft("Bowl"))
        assert "Bowl" not in crawler.get(at).text
        with transaction():
            old = Feed.objects.get().file_name
        work_off(now=now() + timedelta(minutes=61))
        newer = crawler.get(at, headers={"If-None-Match": got.headers["etag"]})
        assert "<g:title>Bowl</g:title>" in newer.text
        assert not storages["private"].exists(old)
        with transaction():
            feed = Feed.objects.get()
        switch_feed_off(feed_id=feed.pk, now=now())
        assert crawler.get(at).status_code == 404
        assert not storages["private"].exists(feed.file_name)
        work_off(now=now() + timedelta(hours=3))
        assert crawler.get(at).status_code == 404
    with browser(rival) as crawler:
        assert crawler.get("/feeds/google/en.xml").status_code == 404


@pytest.mark.parametrize(
    ("barcode", "expected"),
    [
        ("4006381333931", True),
        ("4006381333932", False),
        ("96385074", True),
        ("036000291452", True),
        ("12", False),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", False),
        ("", False),
    ],
)
def test_a_gtin_has_a_right_check_digit(barcode: str, expected: bool) -> None:  # noqa: FBT001  (a parameter)
    assert is_gtin(barcode) is expected


def test_a_text_is_cut_between_words() -> None:
    assert cut("one two three", 9) == "one two"
    assert cut("one two", 7) == "one two"
    assert cut("x" * 20, 5) == "xxxxx"
