"""Products: made, changed, shown, put away. After every test the listing must equal a rebuild (conftest)."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.domain.catalog.conftest import reload

type Documents = Callable[[], list[dict[str, Any]]]


def _create(now: datetime, **fields: Any) -> Any:
    from hansa.domain.catalog.services.create_product import create_product

    return create_product(now=now, **({"name": "Oak board"} | fields))


def _draft(*option_values: str, price: int | None = 1000, **fields: Any) -> Any:
    from hansa.domain.catalog.types import VariantDraft

    return VariantDraft(option_values=option_values, price_amount=price, **fields)


@pytest.mark.usefixtures("in_shop")
def test_a_new_product_is_a_draft_that_shoppers_do_not_see(now: datetime, documents: Documents) -> None:
    board = _create(now, variants=[_draft()])
    assert (board.status, board.slug, board.published_at) == ("draft", "oak-board", None)
    assert documents() == []


def test_a_published_product_is_listed_with_the_shops_currency_and_its_day(
    make_tenant: Callable[..., TenantContext], now: datetime, documents: Documents
) -> None:
    with tenant_scope(make_tenant("Tokyo", currency="JPY")):
        board = _create(now, variants=[_draft(price=1200)], is_published=True)
        (listed,) = documents()
    assert board.published_at == now
    assert listed["slug"] == "oak-board"
    assert listed["price"] == {"amount": 1200, "currency": "JPY"}


@pytest.mark.usefixtures("in_shop")
def test_descriptions_lose_their_scripts(now: datetime) -> None:
    board = _create(now, description='<p onclick="x()">Oiled</p><script>x()</script>')
    assert board.description == "<p>Oiled</p>"


@pytest.mark.usefixtures("in_shop")
def test_two_products_of_one_name_get_two_addresses(now: datetime) -> None:
    assert [_create(now).slug for _ in range(3)] == ["oak-board", "oak-board-2", "oak-board-3"]


def test_a_rival_with_the_same_name_and_skus_keeps_the_same_address(
    shop: TenantContext, rival: TenantContext, now: datetime
) -> None:
    made = {}
    for tenant in (shop, rival):
        with tenant_scope(tenant):
            made[tenant.slug] = _create(now, variants=[_draft(sku="OAK")])
    assert {product.slug for product in made.values()} == {"oak-board"}


@pytest.mark.usefixtures("in_shop")
def test_a_very_long_name_still_makes_room_for_its_number(now: datetime) -> None:
    first, second = (_create(now, name="x" * 300) for _ in range(2))
    assert len(first.slug) == 300
    assert second.slug == "x" * 298 + "-2"


def test_two_threads_that_create_the_same_name_get_two_addresses(shop: TenantContext, now: datetime) -> None:
    slugs: list[str] = []
    start = threading.Barrier(4)

    def create() -> None:
        from django.db import connection

        with tenant_scope(shop):
            start.wait()
            slugs.append(_create(now, variants=[_draft()], is_published=True).slug)
        connection.close()

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slugs) == ["oak-board", "oak-board-2", "oak-board-3", "oak-board-4"]


def test_two_threads_that_change_one_product_leave_a_true_listing(
    in_shop: TenantContext, mug: Any, now: datetime, documents: Documents
) -> None:
    from hansa.domain.catalog.services.set_variants import set_variants
    from hansa.domain.catalog.services.update_product import update_product

    start = threading.Barrier(2)

    def in_thread(work: Callable[[int], Any]) -> None:
        from django.db import connection

        with tenant_scope(in_shop):
            start.wait()
            for turn in range(10):
                work(turn)
        connection.close()

    def rename(turn: int) -> None:
        update_product(product_id=mug.pk, name=f"Mug {turn}", now=now)

    def reprice(turn: int) -> None:
        prices = [_draft("Small", price=turn), _draft("Large", price=turn)]
        set_variants(product_id=mug.pk, variants=prices, now=now)

    threads = [threading.Thread(target=in_thread, args=[work]) for work in (rename, reprice)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (listed,) = documents()
    assert (listed["name"], listed["price"]["amount"]) == ("Mug 9", 9)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1, max_size=300).filter(str.strip))
def test_a_name_in_any_script_makes_an_address_or_a_named_error(shop: TenantContext, name: str) -> None:
    import re

    from hansa.domain.catalog.errors import InvalidProduct
    from hansa.domain.catalog.text import is_visible

    with tenant_scope(shop):
        try:
            slug = _create(datetime(2026, 11, 22, tzinfo=UTC), name=name).slug
        except InvalidProduct:
            is_storable = "\x00" not in name and not any("\ud800" <= sign <= "\udfff" for sign in name)
            assert not (is_storable and is_visible(name))
        else:
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
            assert len(slug) <= 300


@pytest.mark.usefixtures("in_shop")
def test_the_address_follows_a_drafts_name_and_stays_once_shoppers_have_seen_it(now: datetime) -> None:
    from hansa.domain.catalog.services.publish_products import publish_products, unpublish_products
    from hansa.domain.catalog.services.update_product import update_product

    board = _create(now, variants=[_draft()])
    assert update_product(product_id=board.pk, name="Walnut board", now=now).slug == "walnut-board"
    publish_products(product_ids=[board.pk], now=now)
    unpublish_products(product_ids=[board.pk], now=now)
    assert update_product(product_id=board.pk, name="Ash board", now=now).slug == "walnut-board"


def test_an_update_changes_what_is_named_and_nothing_else(mug: Any, now: datetime, documents: Documents) -> None:
    from hansa.domain.catalog.services.update_product import update_product

    changed = update_product(product_id=mug.pk, name="Quiet mug", now=now)
    assert (changed.vendor, changed.option_names, changed.status) == ("Aria", ["Size"], "published")
    (listed,) = documents()
    assert (listed["name"], listed["vendor"]) == ("Quiet mug", "Aria")


def test_publishing_again_keeps_the_first_day(mug: Any, now: datetime, later: datetime) -> None:
    from hansa.domain.catalog.services.publish_products import publish_products, unpublish_products

    assert unpublish_products(product_ids=[mug.pk], now=later) == 1
    assert publish_products(product_ids=[mug.pk], now=later) == 1
    assert publish_products(product_ids=[mug.pk], now=later) == 0
    reload(mug)
    assert mug.published_at == now


@pytest.mark.usefixtures("in_shop")
def test_a_product_without_a_variant_cannot_be_published_nor_anything_beside_it(
    now: datetime, documents: Documents
) -> None:
    from hansa.domain.catalog.errors import NothingToSell
    from hansa.domain.catalog.services.publish_products import publish_products

    full, empty = _create(now, variants=[_draft()]), _create(now, name="Nothing")
    with pytest.raises(NothingToSell, match="Nothing"):
        publish_products(product_ids=[full.pk, empty.pk], now=now)
    assert documents() == []


def test_an_archived_product_leaves_the_shop_and_gives_its_address_back(
    mug: Any, now: datetime, later: datetime, documents: Documents
) -> None:
    from hansa.domain.catalog.services.archive_products import archive_products, restore_products

    assert archive_products(product_ids=[mug.pk], now=later) == 1
    assert documents() == []
    assert _create(now, name="Speckled mug").slug == "speckled-mug"
    assert restore_products(product_ids=[mug.pk], now=later) == 1
    reload(mug)
    assert (mug.slug, mug.archived_at, mug.status) == ("speckled-mug-2", None, "published")
    assert [listed["slug"] for listed in documents()] == ["speckled-mug-2"]


def test_a_restored_product_leaves_a_file_row_to_the_product_that_has_it_now(mug: Any, now: datetime) -> None:
    from hansa.domain.catalog.models import Product
    from hansa.domain.catalog.services.archive_products import archive_products, restore_products
    from hansa.kernel.transactions import transaction

    archive_products(product_ids=[mug.pk], now=now)
    other = _create(now)
    with transaction():
        Product.objects.filter(pk__in=[mug.pk, other.pk]).update(source_key="mug")
    restore_products(product_ids=[mug.pk], now=now)
    reload(mug)
    assert mug.source_key is None


def test_a_restored_product_stands_on_no_shelf_when_its_shelf_is_gone(mug: Any, now: datetime) -> None:
    from hansa.domain.catalog.services.archive_category import archive_category
    from hansa.domain.catalog.services.archive_products import archive_products, restore_products
    from hansa.domain.catalog.services.create_category import create_category
    from hansa.domain.catalog.services.reassign_products import reassign_products

    kitchen = create_category(name="Kitchen")
    reassign_products(product_ids=[mug.pk], to=kitchen.pk, now=now)
    archive_products(product_ids=[mug.pk], now=now)
    archive_category(category_id=kitchen.pk, now=now)
    restore_products(product_ids=[mug.pk], now=now)
    reload(mug)
    assert mug.category_id is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "\u200b\u2060"}, "name"),
        ({"option_names": ["\ufeff"]}, "option_names"),
        ({"name": "x" * 301}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"vendor": "x" * 201}, "vendor"),
        ({"description": "x" * 100_001}, "description"),
        ({"tags": ["x" * 256]}, "tags"),
        ({"tags": [str(number) for number in range(251)]}, "tags"),
        ({"option_names": ["A", "B", "C", "D"]}, "option_names"),
        ({"option_names": ["Size", "size"]}, "option_names"),
        ({"metadata": ["a", "list"]}, "metadata"),
        ({"metadata": {"x": "x" * 16_384}}, "metadata"),
        ({"metadata": {"x": float("nan")}}, "metadata"),
        ({"metadata": {"x": "\x00"}}, "metadata"),
        ({"metadata": {"x": 1e300}} | {"metadata": {str(n): 1e300 for n in range(100)}}, "metadata"),
    ],
)
@pytest.mark.usefixtures("in_shop")
def test_what_cannot_be_stored_is_refused_by_name_and_leaves_nothing(
    now: datetime, fields: dict[str, Any], field: str
) -> None:
    from hansa.domain.catalog.errors import InvalidProduct
    from hansa.domain.catalog.selectors import list_products
    from hansa.kernel.transactions import transaction

    with pytest.raises(InvalidProduct) as refused:
        _create(now, **fields)
    assert refused.value.errors[0].field == field
    with transaction():
        assert list_products().count() == 0


@pytest.mark.usefixtures("in_shop")
def test_metadata_of_exactly_the_limit_is_kept(now: datetime) -> None:
    metadata = {"x": "x" * (16_384 - len('{"x": ""}'))}
    assert _create(now, metadata=metadata).metadata == metadata


def test_a_rivals_product_and_category_do_not_exist_here(
    shop: TenantContext, rival: TenantContext, now: datetime
) -> None:
    from hansa.domain.catalog.errors import CategoryNotFound, ProductNotFound
    from hansa.domain.catalog.services.archive_products import archive_products
    from hansa.domain.catalog.services.create_category import create_category
    from hansa.domain.catalog.services.publish_products import publish_products
    from hansa.domain.catalog.services.update_product import update_product

    with tenant_scope(rival):
        theirs, shelf = _create(now, variants=[_draft()]), create_category(name="Kitchen")
    with tenant_scope(shop):
        ours = _create(now)
        with pytest.raises(ProductNotFound):
            update_product(product_id=theirs.pk, name="Mine", now=now)
        for service in (publish_products, archive_products):
            with pytest.raises(ProductNotFound):
                service(product_ids=[ours.pk, theirs.pk], now=now)
        with pytest.raises(CategoryNotFound):
            update_product(product_id=ours.pk, category_id=shelf.pk, now=now)


def test_variants_are_created_updated_and_deleted_by_their_option_values(
    mug: Any, now: datetime, documents: Documents
) -> None:
    from hansa.domain.catalog.services.set_variants import set_variants
    from hansa.kernel.transactions import transaction

    with transaction():
        before = {variant.option_values[0]: variant.pk for variant in mug.variants.all()}
    kept, made = set_variants(
        product_id=mug.pk, variants=[_draft("Large", price=2500), _draft("Huge", price=3000)], now=now
    )
    assert kept.pk == before["Large"]
    with transaction():
        stored = {tuple(v.option_values): (v.price_amount, v.sku, v.position) for v in mug.variants.all()}
    assert stored == {("Large",): (2500, "MUG-L", 1), ("Huge",): (3000, "", 2)}
    assert made.currency == "EUR"
    (listed,) = documents()
    assert listed["price"]["amount"] == 2500


def test_two_variants_can_swap_their_option_values(mug: Any, now: datetime) -> None:
    from hansa.domain.catalog.services.set_variants import save_variants
    from hansa.kernel.transactions import transaction

    with transaction():
        small, large = mug.variants.all()
    small.option_values, large.option_values = large.option_values, small.option_values
    save_variants(product=mug, saved=[small, large], deleted=[], now=now)
    with transaction():
        assert {v.sku: v.option_values for v in mug.variants.all()} == {"MUG-S": ["Large"], "MUG-L": ["Small"]}


@pytest.mark.parametrize(
    "drafts",
    [
        [("Small",), ("Small",)],
        [()],
        [("Small", "Blue")],
        [("",)],
        [("\u200b",)],
    ],
)
def test_variants_need_one_value_for_each_option_and_no_twin(
    mug: Any, now: datetime, documents: Documents, drafts: list[tuple[str, ...]]
) -> None:
    from hansa.domain.catalog.errors import InvalidProduct
    from hansa.domain.catalog.services.set_variants import set_variants

    before = documents()
    with pytest.raises(InvalidProduct):
        set_variants(product_id=mug.pk, variants=[_draft(*values) for values in drafts], now=now)
    assert documents() == before


@pytest.mark.parametrize("price", [None, -1, 10**12 + 1, 10**19])
def test_a_price_is_a_number_that_can_be_charged(mug: Any, now: datetime, price: int | None) -> None:
    from hansa.domain.catalog.errors import InvalidProduct
    from hansa.domain.catalog.services.set_variants import set_variants

    with pytest.raises(InvalidProduct):
        set_variants(product_id=mug.pk, variants=[_draft("New", price=price)], now=now)


@pytest.mark.usefixtures("in_shop")
def test_a_product_takes_2048_variants_and_not_one_more(now: datetime) -> None:
    from hansa.domain.catalog.errors import TooManyVariants
    from hansa.domain.catalog.services.set_variants import set_variants

    board = _create(now, option_names=["Number"])
    drafts = [_draft(str(number)) for number in range(2049)]
    assert len(set_variants(product_id=board.pk, variants=drafts[:2048], now=now)) == 2048
    with pytest.raises(TooManyVariants):
        set_variants(product_id=board.pk, variants=drafts, now=now)


def test_a_product_on_sale_keeps_at_least_one_variant(mug: Any, now: datetime) -> None:
    from hansa.domain.catalog.errors import NothingToSell
    from hansa.domain.catalog.services.set_variants import set_variants

    with pytest.raises(NothingToSell):
        set_variants(product_id=mug.pk, variants=[], now=now)


def test_the_search_box_finds_a_product_by_its_new_sku(mug: Any, now: datetime) -> None:
    from hansa.domain.catalog.queries import ListingQuery
    from hansa.domain.catalog.selectors import get_listing_page
    from hansa.domain.catalog.services.set_variants import set_variants
    from hansa.domain.catalog.text import search_query

    set_variants(product_id=mug.pk, variants=[_draft("Small", sku="ZX-81")], now=now)
    found = get_listing_page(ListingQuery(words=search_query("zx-81"))).documents()
    assert [document["slug"] for document in found] == ["speckled-mug"]
    assert get_listing_page(ListingQuery(words=search_query("MUG-L"))).documents() == []
