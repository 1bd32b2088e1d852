"""Hansa's own files: what is written is read again as it was, in CSV and in JSON Lines."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from hansa.domain.catalog.models import Product, Variant
from hansa.domain.catalog.types import ImageDraft, ProductDraft, VariantDraft
from hansa.domain.imports.errors import EmptyFile, FileNotUtf8, NoRows, RecordTooLong, UnknownHeader
from hansa.domain.imports.formats import FORMATS, ParsedProduct
from hansa.domain.imports.formats import hansa_document as document
from hansa.domain.imports.formats.hansa_columns import header, join_list, neutralise, restore, rows_of, split_list
from hansa.domain.imports.services.import_file import import_file
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.imports.files import Row, csv_bytes, failures

LABELS = ("Material", "Color")
MUG = ProductDraft(
    source_key="mug",
    name="=Mug",
    description="<p>Blue | white</p>",
    vendor="Høst & Søn",
    category_names=("Kitchen", "Cups > mugs"),
    tags=("a|b", "c\\d"),
    option_names=("Size", "Color"),
    is_published=True,
    seo_title="Mugs",
    seo_description="-10 %",
    metadata={"erp": {"id": 7}},
    attributes={"Material": ("Oak", "Steel, brushed"), "Color": ()},
    images=(ImageDraft("https://x.example/1.jpg", "Front", 1), ImageDraft("https://x.example/2.jpg", "", 2)),
    variants=(
        VariantDraft(
            option_values=("S", "Blue"),
            price_amount=1999,
            compare_at_amount=2500,
            sku="+1",
            barcode="4006381333931",
            is_stock_tracked=True,
            stock_quantity=-3,
            sells_when_out_of_stock=True,
            weight_grams=250,
            requires_shipping=True,
            is_taxable=False,
            image_url="https://x.example/2.jpg",
            metadata={"cost": "3.10"},
        ),
        VariantDraft(
            option_values=("M", "Blue"),
            price_amount=5,
            clears_compare_at=True,
            sku="",
            barcode="",
            is_stock_tracked=False,
            stock_quantity=0,
            sells_when_out_of_stock=False,
            requires_shipping=False,
            is_taxable=True,
        ),
    ),
)


def written(*drafts: ProductDraft) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header(LABELS))
    for draft in drafts:
        writer.writerows(rows_of(draft, currency="EUR", attribute_labels=LABELS))
    return text.getvalue().encode()


def read(content: bytes, file_format: str = "hansa", *, after_row: int = 1) -> list[ParsedProduct]:
    return list(FORMATS[file_format](io.BytesIO(content), "EUR").products(after_row=after_row))


def made(*rows: Row) -> list[ParsedProduct]:
    return read(csv_bytes(list(rows)))


def test_csv_that_we_wrote_is_read_as_it_was() -> None:
    plain = ProductDraft(
        source_key="cup", name="Cup", description="", vendor="", category_names=(), tags=(), option_names=(),
        is_published=False, seo_title="", seo_description="", attributes={"Material": (), "Color": ()},
        variants=(VariantDraft((), price_amount=0, clears_compare_at=True, sku="", barcode=""),),
    )  # fmt: skip
    mug, cup = read(written(MUG, plain))
    assert mug.draft == MUG
    assert cup.draft == plain
    assert ([source.row for source in mug.rows], cup.first_row) == ([2, 3], 4)


def test_json_lines_that_we_wrote_are_read_as_they_were() -> None:
    content = (document.line_of(MUG, currency="EUR") * 2).encode()
    first, second = read(content, "hansa_jsonl")
    assert first.draft == second.draft == MUG
    assert read(content, "hansa_jsonl", after_row=2) == [second]


@pytest.mark.parametrize("file_format", ["hansa", "hansa_jsonl"])
def test_what_is_imported_twice_changes_nothing_the_second_time(
    shop: TenantContext, tmp_path: Path, file_format: str
) -> None:
    content = written(MUG) if file_format == "hansa" else document.line_of(MUG, currency="EUR").encode()
    path = tmp_path / "goods"
    path.write_bytes(content)
    with tenant_scope(shop):
        first = import_file(path, file_format=file_format, now=now())
        second = import_file(path, file_format=file_format, now=now())
        with transaction():
            mug = Product.objects.get()
            variant = Variant.objects.get(option_values=["S", "Blue"])
            assert (mug.name, mug.tags, mug.metadata) == ("=Mug", ["a|b", "c\\d"], {"erp": {"id": 7}})
            assert mug.category is not None
            assert mug.category.name == "Cups > mugs"
            assert (variant.sku, variant.stock_quantity, variant.price_amount) == ("+1", -3, 1999)
    assert (first.created, first.failed_rows) == (1, 0)
    assert (second.unchanged, second.failed_rows) == (1, 0)


@given(some.lists(some.text().map(str.strip), min_size=1), some.sampled_from("|>,"))
@settings(max_examples=300, deadline=None)
def test_a_list_survives_its_cell(texts: list[str], separator: str) -> None:
    cell = join_list(texts, separator)
    assert split_list(cell, separator) == (() if texts == [""] else tuple(texts))


@given(some.text())
@settings(max_examples=300, deadline=None)
def test_a_text_survives_being_made_safe_for_spreadsheets(text: str) -> None:
    safe = neutralise(text)
    assert restore(safe) == text
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))


GOOD = {"handle": "mug", "name": "Mug", "price": "10"}


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"price": "ten"}, "price"),
        ({"currency": "USD"}, "currency"),
        ({"metadata": "[1]"}, "metadata"),
        ({"status": "sold"}, "status"),
        ({"images": "ftp://x"}, "images"),
        ({"image_alts": "a | b"}, "image_alts"),
        ({"option2_name": "Size"}, "option1_name"),
        ({"option1_value": "M"}, "option1_value"),
        ({"handle": ""}, "handle"),
        ({"stock_quantity": "1e309"}, "stock_quantity"),
    ],
)
def test_a_wrong_cell_is_named(cells: Row, column: str) -> None:
    products = made(GOOD | cells)
    assert [(failure.row, failure.column) for failure in failures(products)] == [(2, column)]


def test_a_wrong_first_row_fails_its_product_and_a_wrong_variant_only_itself() -> None:
    sized = {"option1_name": "Size", "option1_value": "S"}
    wrong, right = made(
        GOOD | sized | {"status": "sold"},
        {"handle": "mug", "option1_value": "M", "price": "1"},
        GOOD | sized | {"handle": "cup"},
        {"handle": "cup", "option1_value": "M", "price": "x"},
        {"handle": "cup", "option1_value": "S", "price": "1"},
    )
    assert wrong.draft is None
    assert [failure.row for failure in wrong.failures] == [2, 3]
    assert right.draft is not None
    assert [failure.row for failure in right.failures] == [5, 6]


def test_a_column_that_is_missing_leaves_alone_what_is_stored() -> None:
    (product,) = made(GOOD)
    assert product.draft is not None
    draft = product.draft
    assert (draft.vendor, draft.tags, draft.category_names, draft.option_names, draft.is_published) == (None,) * 5
    assert (draft.variants[0].sku, draft.variants[0].clears_compare_at) == (None, False)


def test_another_file_is_refused() -> None:
    with pytest.raises(UnknownHeader):
        read(b"Handle,Title\n")
    with pytest.raises(NoRows):
        list(FORMATS["hansa"](io.BytesIO(b"handle,name\n"), "EUR").rows())
    for content, error in ((b"\n\n", EmptyFile), (b"handle,name\n", UnknownHeader), (b"\xff{}", FileNotUtf8)):
        with pytest.raises(error):
            read(content, "hansa_jsonl")


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_LINE_BYTES", 100)
    with pytest.raises(RecordTooLong):
        read(b"{" + b" " * 200, "hansa_jsonl")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"price": 3}, "price"),
        ({"variants": [{"price": {"amount": 1, "currency": "USD"}}]}, "USD"),
        ({"variants": [{"price": {"amount": 1.5, "currency": "EUR"}}]}, "variants.0.price.amount"),
        ({"variants": [{}, {}]}, "same options"),
        ({"images": [{"url": "javascript:alert(1)"}]}, "not the address"),
        ({"name": "a\u0000b"}, "NUL"),
        ({"handle": None}, "handle"),
    ],
)
def test_a_wrong_line_says_what_is_wrong_and_the_others_go_on(changed: dict[str, Any], told: str) -> None:
    lines = [{"handle": "mug", "name": "Mug"} | changed, {"handle": "cup", "name": "Cup"}]
    wrong, right = read("\n".join(map(json.dumps, lines)).encode(), "hansa_jsonl")
    (failure,) = wrong.failures
    assert failure.message.startswith("Line 1: ")
    assert told in failure.message
    assert right.draft is not None
