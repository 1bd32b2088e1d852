"""Making the catalogue say what a merchant's file says."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from hansa.domain.catalog.models import Category, Product, ProductAttribute, ProductImage, Variant
from hansa.domain.catalog.services.upsert_products import ProductsUpserted, upsert_products
from hansa.domain.catalog.types import ImageDraft, ProductDraft, VariantDraft
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import TransactionRequired, transaction

pytestmark = pytest.mark.usefixtures("in_shop")

SMALL = VariantDraft(("S",), price_amount=1900, sku="MUG", stock_quantity=3, is_stock_tracked=True)
LARGE = VariantDraft(("L",), price_amount=2500, image_url="https://x.example/large.jpg")
MUG = ProductDraft(
    "mug",
    name="Blå Mug",
    description="<p onclick='x()'>Stoneware</p>",
    vendor="Aria",
    category_names=("Kitchen", "Ceramics"),
    tags=("blue",),
    option_names=("Size",),
    is_published=True,
    metadata={"care": "cold"},
    attributes={"Material": ("Clay", "Glaze")},
    variants=(SMALL, LARGE),
    images=(ImageDraft("https://x.example/mug.jpg", "A mug", 1),),
)


def upsert(now: datetime, *drafts: ProductDraft) -> ProductsUpserted:
    with transaction():
        return upsert_products(drafts, now=now)


def counts(result: ProductsUpserted) -> tuple[int, int, int, int]:
    return result.created, result.updated, result.unchanged, len(result.refused)


def product(source_key: str = "mug") -> Product:
    with transaction():
        return Product.objects.get(source_key=source_key, archived_at=None)


def variants(source_key: str = "mug") -> list[tuple[tuple[str, ...], int, int]]:
    with transaction():
        rows = Variant.objects.filter(product__source_key=source_key).order_by("position", "id")
        return [(tuple(row.option_values), row.price_amount, row.position) for row in rows]


def test_a_new_product_gets_everything_the_draft_says(now: datetime, documents: Any) -> None:
    assert counts(upsert(now, MUG)) == (1, 0, 0, 0)
    mug = product()
    assert (mug.slug, mug.name, mug.vendor, mug.tags) == ("mug", "Blå Mug", "Aria", ["blue"])
    assert mug.description == "<p>Stoneware</p>"
    assert mug.metadata == {"care": "cold"}
    assert (mug.status, mug.published_at) == ("published", now)
    assert mug.search_text == "bla mug aria blue mug stoneware"
    assert variants() == [(("S",), 1900, 1), (("L",), 2500, 2)]
    with transaction():
        assert Category.objects.get(products=mug).path == "kitchen/ceramics"
        images = ProductImage.objects.filter(product=mug).order_by("position")
        assert [image.url for image in images] == ["https://x.example/mug.jpg", "https://x.example/large.jpg"]
        assert Variant.objects.get(option_values=["L"]).image == images[1]
        assert sorted(ProductAttribute.objects.values_list("attribute__name", "value")) == [
            ("material", "Clay"),
            ("material", "Glaze"),
        ]
    assert [document["slug"] for document in documents()] == ["mug"]


def test_the_same_draft_twice_changes_nothing(now: datetime, later: datetime) -> None:
    upsert(now, MUG)
    before = product()
    assert counts(upsert(later, MUG)) == (0, 0, 1, 0)
    assert product().updated_at == before.updated_at


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Mug"},
        {"vendor": ""},
        {"tags": ()},
        {"description": ""},
        {"category_names": ("Kitchen",)},
        {"category_names": ()},
        {"is_published": False},
        {"seo_title": "x"},
        {"metadata": {"care": None}},
        {"metadata": {"more": "x"}},
        {"attributes": {"Material": ("Clay",)}},
        {"attributes": {"Material": ()}},
        {"attributes": {"Colour": ("Blue",)}},
        {"images": (ImageDraft("https://x.example/mug.jpg", "Another text", 1),)},
        {"images": (ImageDraft("https://x.example/new.jpg"),)},
        {"variants": (replace(SMALL, price_amount=1901), LARGE)},
        {"variants": (replace(SMALL, sku=""), LARGE)},
        {"variants": (LARGE, SMALL)},
        {"variants": (SMALL, replace(LARGE, image_url="https://x.example/mug.jpg"))},
        {"variants": (SMALL, LARGE, VariantDraft(("XL",), price_amount=1))},
        {"variants": (replace(SMALL, metadata={"cost": "1"}), LARGE)},
        {"is_archived": True},
    ],
    ids=str,
)
def test_any_change_counts_as_one_update_and_then_as_none(
    now: datetime, later: datetime, change: dict[str, Any]
) -> None:
    upsert(now, MUG)
    changed = replace(MUG, **change)
    assert counts(upsert(later, changed)) == (0, 1, 0, 0)
    assert counts(upsert(later, changed)) == (0, 0, 1, 0)


def test_what_a_draft_does_not_say_is_kept(now: datetime, later: datetime) -> None:
    upsert(now, MUG)
    silent = ProductDraft("mug", name="Blå Mug", variants=(VariantDraft(("S",)),))
    assert counts(upsert(later, silent)) == (0, 0, 1, 0)


def test_stock_that_sells_while_we_import_stays_sold(now: datetime, later: datetime) -> None:
    upsert(now, MUG)
    upsert(later, replace(MUG, variants=(replace(SMALL, stock_quantity=None, price_amount=1), LARGE)))
    with transaction():
        assert Variant.objects.get(option_values=["S"]).stock_quantity == 3


def test_variants_and_images_that_no_draft_names_stay(now: datetime, later: datetime) -> None:
    upsert(now, MUG)
    upsert(later, replace(MUG, variants=(SMALL,), images=()))
    assert [values for values, _, _ in variants()] == [("S",), ("L",)]
    with transaction():
        assert ProductImage.objects.count() == 2


def test_a_draft_without_a_name_adds_to_a_product_that_is_there(now: datetime, later: datetime) -> None:
    upsert(now, MUG)
    more = ProductDraft("mug", variants=(VariantDraft(("XL",), price_amount=3000),))
    assert counts(upsert(later, more)) == (0, 1, 0, 0)
    assert variants()[-1] == (("XL",), 3000, 3)
    assert product().vendor == "Aria"


def test_a_draft_without_a_name_is_refused_where_there_is_no_product(now: datetime) -> None:
    result = upsert(now, ProductDraft("mug", variants=(SMALL,)))
    assert "has no title" in result.refused["mug"]


def test_a_new_product_without_any_price_is_refused_and_a_known_one_keeps_its_price(
    now: datetime, later: datetime
) -> None:
    free = replace(MUG, variants=(replace(SMALL, price_amount=None),))
    assert "has no price" in upsert(now, free).refused["mug"]
    upsert(now, MUG)
    assert counts(upsert(later, free)) == (0, 0, 1, 0)


def test_a_new_variant_without_a_price_is_left_out_and_the_rest_is_written(now: datetime) -> None:
    result = upsert(now, replace(MUG, variants=(SMALL, VariantDraft(("XL",)))))
    assert counts(result) == (1, 0, 0, 0)
    assert list(result.refused_variants) == [("mug", ("XL",))]
    assert [values for values, _, _ in variants()] == [("S",)]


def test_option_values_must_fit_the_options(now: datetime) -> None:
    result = upsert(now, replace(MUG, variants=(SMALL, VariantDraft(("S", "Blue"), price_amount=1))))
    assert "the product's options are: Size" in result.refused_variants["mug", ("S", "Blue")]


def test_a_product_that_gets_its_first_options_keeps_its_variant(now: datetime, later: datetime) -> None:
    upsert(now, replace(MUG, option_names=(), variants=(VariantDraft((), price_amount=1900),)))
    with transaction():
        before = Variant.objects.get().id
    assert counts(upsert(later, MUG)) == (0, 1, 0, 0)
    assert [values for values, _, _ in variants()] == [("S",), ("L",)]
    with transaction():
        assert Variant.objects.get(option_values=["S"]).id == before


def test_other_options_than_the_stored_variants_have_are_refused(now: datetime, later: datetime) -> None:
    upsert(now, MUG)
    two = replace(MUG, option_names=("Size", "Colour"), variants=(VariantDraft(("S", "Blue"), price_amount=1),))
    assert "other options (Size)" in upsert(later, two).refused["mug"]
    assert [values for values, _, _ in variants()] == [("S",), ("L",)]


def test_a_slug_that_is_taken_gets_a_number(now: datetime) -> None:
    drafts = [replace(MUG, source_key=key) for key in ("mug", "Mug", "MUG!")]
    assert counts(upsert(now, *drafts)) == (3, 0, 0, 0)
    assert [product(draft.source_key).slug for draft in drafts] == ["mug", "mug-2", "mug-3"]


def test_a_product_made_by_hand_is_taken_over_by_its_slug(now: datetime, later: datetime) -> None:
    upsert(now, MUG)
    with transaction():
        Product.objects.update(source_key=None)
    assert counts(upsert(later, MUG)) == (0, 1, 0, 0)
    with transaction():
        assert Product.objects.count() == 1


def test_an_archived_draft_archives_and_a_second_one_changes_nothing(
    now: datetime, later: datetime, documents: Any
) -> None:
    upsert(now, MUG)
    gone = replace(MUG, is_archived=True, is_published=False)
    assert counts(upsert(later, gone)) == (0, 1, 0, 0)
    assert documents() == []
    assert counts(upsert(later, gone)) == (0, 0, 1, 0)


def test_a_product_that_left_the_shop_leaves_the_listing(now: datetime, later: datetime, documents: Any) -> None:
    upsert(now, MUG, replace(MUG, source_key="other"))
    upsert(later, replace(MUG, is_published=False))
    assert [document["slug"] for document in documents()] == ["other"]
    assert product().published_at == now


def test_a_product_that_is_deleted_takes_all_of_its_listing_along(now: datetime) -> None:
    from django.db import connection

    from tests.domain.catalog.conftest import derived_rows

    other = replace(MUG, source_key="jug")
    upsert(now, MUG, other)
    with transaction():
        before = derived_rows()
    with transaction(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM catalog_product WHERE source_key = 'mug'")
    with transaction():
        left = derived_rows()
    assert {table: 2 * len(rows) for table, rows in left.items()} == {
        table: len(rows) for table, rows in before.items()
    }
    assert all(left.values())


def test_categories_are_made_once_whatever_their_names_look_like(now: datetime) -> None:
    upsert(now, MUG, replace(MUG, source_key="b", category_names=("kitchen", "Céramics ")))
    with transaction():
        assert sorted(Category.objects.values_list("path", flat=True)) == ["kitchen", "kitchen/ceramics"]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "x" * 301},
        {"name": "\u200b\u2060"},
        {"option_names": ("\ufeff",), "variants": (replace(SMALL, option_values=("S",)),)},
        {"option_names": ("Size",), "variants": (replace(SMALL, option_values=("\u200b",)),)},
        {"category_names": ("Kitchen", "\u200b")},
        {"vendor": "x" * 201},
        {"description": "x" * 100_001},
        {"tags": ("x" * 256,)},
        {"category_names": ("x" * 201,)},
        {"category_names": ("x" * 190,) * 6},
        {"metadata": {"x": "y" * 17_000}},
        {"variants": (replace(SMALL, sku="x" * 256),)},
        {"variants": (replace(SMALL, price_amount=10**13),)},
        {"variants": (replace(SMALL, stock_quantity=2**31),)},
        {"images": tuple(ImageDraft(f"https://x.example/{number}.jpg") for number in range(251))},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_does_not_fit_is_refused_and_the_others_are_written(now: datetime, change: dict[str, Any]) -> None:
    result = upsert(now, replace(MUG, source_key="bad", **change), MUG)
    assert counts(result) == (1, 0, 0, 1)
    assert result.refused["bad"].endswith((".", "x'"))
    with transaction():
        assert list(Product.objects.values_list("source_key", flat=True)) == ["mug"]


def test_a_product_that_only_the_database_refuses_is_found_and_the_others_are_written(now: datetime) -> None:
    drafts = [replace(MUG, source_key=f"mug-{number}") for number in range(7)]
    drafts[3] = replace(drafts[3], vendor="NUL \0 is no text for PostgreSQL")
    result = upsert(now, *drafts)
    assert (result.created, list(result.refused)) == (6, ["mug-3"])


def test_the_same_product_twice_in_one_set_is_a_bug_of_the_caller(now: datetime) -> None:
    with pytest.raises(ValueError, match="twice"):
        upsert(now, MUG, MUG)


def test_it_needs_a_transaction(now: datetime) -> None:
    with pytest.raises(TransactionRequired):
        upsert_products([MUG], now=now)


def test_the_rivals_catalogue_with_the_same_keys_is_left_alone(
    now: datetime, later: datetime, rival: TenantContext
) -> None:
    upsert(now, MUG)
    with transaction():
        before = list(Product.objects.values())
    with tenant_scope(rival):
        assert counts(upsert(later, replace(MUG, name="Rival mug"))) == (1, 0, 0, 0)
    with transaction():
        assert list(Product.objects.values()) == before
