"""Reading Shopify's files: real ones, odd ones and hostile ones."""

import codecs
import csv
import io
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hansa.domain.catalog.types import ImageDraft, ProductDraft
from hansa.domain.imports.errors import (
    EmptyFile,
    FileInUtf16,
    FileInUtf32,
    FileIsBinary,
    FileNotUtf8,
    LinesEndWithCr,
    NoRows,
    RecordTooLong,
    TooManyColumns,
    UnknownHeader,
    UnreadableFile,
)
from hansa.domain.imports.formats import FORMATS, ParsedProduct
from tests.domain.imports.files import csv_bytes, failures, read, read_rows, real_file

SHIRT = {
    "Handle": "shirt",
    "Title": "Shirt",
    "Option1 Name": "Size",
    "Option1 Value": "S",
    "Variant Price": "19.99",
}
MEDIUM = {"Handle": "shirt", "Option1 Value": "M", "Variant Price": "20"}
PICTURE = {"Handle": "shirt", "Image Src": "https://x.example/2.jpg", "Image Position": "2"}

CURRENT_NAMES = {
    "Handle": "URL handle",
    "Body (HTML)": "Description",
    "Published": "Published on online store",
    "Variant SKU": "SKU",
    "Variant Price": "Price",
    "Variant Compare At Price": "Compare-at price",
    "Variant Grams": "Weight value (grams)",
    "Variant Inventory Qty": "Inventory quantity",
    "Variant Inventory Policy": "Continue selling when out of stock",
    "Variant Taxable": "Charge tax",
    "Image Src": "Product image URL",
    "Variant Image": "Variant image URL",
    "Product Category": "Product category",
    "Option1 Name": "Option1 name",
    "Option1 Value": "Option1 value",
}


def only(products: list[ParsedProduct]) -> ProductDraft:
    (product,) = products
    assert product.draft is not None
    return product.draft


@pytest.mark.parametrize(
    ("name", "products", "variants", "images"),
    [
        ("shopifypartners-apparel.csv", 20, 22, 20),
        ("shopifypartners-home-and-garden.csv", 20, 21, 21),
        ("shopifypartners-jewelery.csv", 20, 23, 41),
        ("packt-product-data.csv", 20, 21, 21),
    ],
)
def test_real_exports_are_read_whole(name: str, products: int, variants: int, images: int) -> None:
    found = read(real_file(name).read_bytes())
    drafts = [product.draft for product in found if product.draft]
    assert failures(found) == []
    assert len(drafts) == products
    assert sum(len(draft.variants) for draft in drafts) == variants
    assert sum(len(draft.images) for draft in drafts) == images


def test_both_generations_of_headers_mean_the_same() -> None:
    row = SHIRT | {
        "Body (HTML)": "<p>x</p>",
        "Published": "true",
        "Variant SKU": "S-1",
        "Variant Compare At Price": "25",
        "Variant Grams": "120",
        "Variant Inventory Qty": "3",
        "Variant Inventory Policy": "continue",
        "Variant Taxable": "FALSE",
        "Image Src": "https://x.example/1.jpg",
        "Variant Image": "https://x.example/1.jpg",
        "Product Category": "Apparel > Shirts",
    }
    renamed = {CURRENT_NAMES.get(name, name): text for name, text in row.items()}
    old, new = only(read_rows(row)), only(read_rows(renamed))
    assert old == new
    assert old.category_names == ("Apparel", "Shirts")
    (variant,) = old.variants
    assert (variant.price_amount, variant.compare_at_amount, variant.weight_grams) == (1999, 2500, 120)
    assert (variant.stock_quantity, variant.sells_when_out_of_stock, variant.is_taxable) == (3, True, False)


@pytest.mark.parametrize("repeats_handle", [True, False], ids=["handle on every row", "handle on the first row only"])
def test_rows_are_variants_or_pictures_or_both(*, repeats_handle: bool) -> None:
    later = [MEDIUM | {"Image Src": "https://x.example/1.jpg"}, PICTURE]
    if not repeats_handle:
        later = [row | {"Handle": ""} for row in later]
    draft = only(read_rows(SHIRT, *later))
    assert [variant.option_values for variant in draft.variants] == [("S",), ("M",)]
    assert [image.url for image in draft.images] == ["https://x.example/1.jpg", "https://x.example/2.jpg"]
    assert draft.images[1] == ImageDraft("https://x.example/2.jpg", None, 2)


def test_a_row_with_only_a_picture_is_no_variant_although_exports_fill_in_its_weight_unit() -> None:
    row = PICTURE | {"Variant Weight Unit": "kg", "Variant Grams": "0"}
    assert len(only(read_rows(SHIRT, row)).variants) == 1


def test_a_byte_order_mark_windows_line_ends_and_padding_do_no_harm() -> None:
    plain = csv_bytes([SHIRT, MEDIUM])
    padded = plain.decode().replace(",", "  , ").replace("Handle", " Handle  ").replace("\n", "\r\n")
    assert only(read(b"\xef\xbb\xbf" + padded.encode())) == only(read(plain))


def test_default_title_means_no_options() -> None:
    draft = only(read_rows(SHIRT | {"Option1 Name": "Title", "Option1 Value": "Default Title"}))
    assert draft.option_names == ()
    assert draft.variants[0].option_values == ()


def test_skus_may_be_blank_or_the_same() -> None:
    draft = only(
        read_rows(SHIRT | {"Variant SKU": "X"}, MEDIUM | {"Variant SKU": "X"}, MEDIUM | {"Option1 Value": "L"})
    )
    assert [variant.sku for variant in draft.variants] == ["X", "X", ""]


def test_more_than_a_hundred_variants_are_read() -> None:
    rows = [MEDIUM | {"Option1 Value": str(number)} for number in range(150)]
    assert len(only(read_rows(SHIRT, *rows)).variants) == 151


def test_absent_columns_say_nothing_and_blank_cells_clear() -> None:
    absent = only(read_rows(SHIRT))
    assert (absent.description, absent.vendor, absent.tags, absent.category_names) == (None, None, None, None)
    assert absent.is_published is None
    assert absent.variants[0].sku is None
    assert not absent.variants[0].clears_compare_at
    blank = only(
        read_rows(
            SHIRT
            | {
                "Body (HTML)": "",
                "Vendor": "",
                "Tags": "",
                "Type": "",
                "Variant SKU": "",
                "Variant Compare At Price": "",
            }
        )
    )
    assert (blank.description, blank.vendor, blank.tags, blank.category_names) == ("", "", (), ())
    assert blank.variants[0].sku == ""
    assert blank.variants[0].clears_compare_at


@pytest.mark.parametrize(
    ("status", "published", "is_published", "is_archived"),
    [
        ("active", "true", True, False),
        ("ACTIVE", "", True, False),
        ("active", "false", False, False),
        ("draft", "true", False, False),
        ("archived", "true", False, True),
        ("", "true", True, False),
        ("", "", None, False),
    ],
)
def test_status_and_published_together_say_whether_a_product_is_on_sale(
    *, status: str, published: str, is_published: bool | None, is_archived: bool
) -> None:
    draft = only(read_rows(SHIRT | {"Status": status, "Published": published}))
    assert (draft.is_published, draft.is_archived) == (is_published, is_archived)


def test_the_type_is_the_category_where_there_is_no_product_category() -> None:
    assert only(read_rows(SHIRT | {"Type": "Shirts", "Product Category": ""})).category_names == ("Shirts",)


def test_metafields_markets_and_google_columns_are_kept_as_metadata() -> None:
    draft = only(
        read_rows(
            SHIRT
            | {
                "Färg (product.metafields.shopify.color-pattern)": "blue; white",
                "Vård (product.metafields.custom.care)": "cold",
                "INCLUDED / Norden": "true",
                "Price / Norden": "21.50",
                "Compare-at price / Norden": "",
                "Google Shopping / Condition": "new",
                "Google Shopping / Gender": "Unisex",
                "Something else": "x",
            }
        )
    )
    assert draft.metadata == {
        "metafields.shopify.color-pattern": "blue; white",
        "metafields.custom.care": "cold",
        "markets.Norden.included": "true",
        "google_shopping.condition": "new",
        "google_shopping.gender": "Unisex",
    }
    assert draft.variants[0].metadata == {"markets.Norden.price": "21.50", "markets.Norden.compare_at_price": None}
    assert draft.attributes == {"Color": ("blue", "white"), "Gender": ("Unisex",)}


def test_a_bad_variant_fails_alone() -> None:
    (product,) = read_rows(SHIRT, MEDIUM | {"Variant Price": "ten"}, MEDIUM | {"Option1 Value": "L"})
    assert product.draft is not None
    assert [variant.option_values for variant in product.draft.variants] == [("S",), ("L",)]
    (failure,) = product.failures
    assert (failure.row, failure.column) == (3, "Variant Price")
    assert "'ten' is not a number" in failure.message


def test_a_first_row_with_a_bad_variant_still_says_what_the_product_is() -> None:
    (product,) = read_rows(SHIRT | {"Variant Price": "-1"}, MEDIUM)
    assert product.draft is not None
    assert product.draft.name == "Shirt"
    assert [variant.option_values for variant in product.draft.variants] == [("M",)]
    assert [failure.row for failure in product.failures] == [2]


def test_a_first_row_that_is_wrong_about_the_product_fails_the_product_but_not_the_next_one() -> None:
    bad, good = read_rows(SHIRT | {"Status": "sleeping"}, MEDIUM, {**SHIRT, "Handle": "other", "Status": ""})
    assert bad.draft is None
    assert [(failure.row, failure.column) for failure in bad.failures] == [(2, "Status"), (3, "")]
    assert "Write active, draft, archived or unlisted" in bad.failures[0].message
    assert "row 2" in bad.failures[1].message
    assert good.draft is not None


def test_one_failure_names_every_mistake_of_the_row() -> None:
    (failure,) = failures(read_rows(SHIRT, MEDIUM | {"Variant Price": "1e309", "Variant Inventory Qty": "1.5"}))
    assert failure.column == "Variant Price"
    assert "Variant Inventory Qty: '1.5' is not a whole number" in failure.message


@pytest.mark.parametrize("price", ["-1", "NaN", "1e309", "Infinity", "1,299.50", "9" * 40, "1.999", "€5"])
def test_prices_that_cannot_be_charged_fail(price: str) -> None:
    (failure,) = failures(read_rows(SHIRT | {"Variant Price": price}))
    assert failure.column == "Variant Price"


def test_prices_have_the_decimals_of_the_tenants_currency() -> None:
    assert only(read_rows(SHIRT | {"Variant Price": "1999"}, currency="JPY")).variants[0].price_amount == 1999
    assert failures(read_rows(SHIRT, currency="JPY"))[0].column == "Variant Price"


def test_a_failed_later_row_carries_its_handle_so_that_it_can_be_imported_alone() -> None:
    (failure,) = failures(read_rows(SHIRT, MEDIUM | {"Handle": "", "Variant Price": "x"}))
    assert failure.cells[0] == "shirt"
    assert failure.cells[3:] == ("M", "x")


def test_a_later_row_alone_adds_a_variant_and_says_nothing_of_the_product() -> None:
    draft = only(read_rows(MEDIUM | {"Title": "", "Option1 Name": "", "Vendor": ""}))
    assert draft == ProductDraft("shirt", variants=draft.variants)
    assert draft.variants[0].option_values == ("M",)


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        ([SHIRT, MEDIUM | {"Option1 Value": "S"}], "Option1 Value"),
        ([SHIRT, MEDIUM | {"Option1 Value": ""}], "Option1 Value"),
        ([SHIRT, MEDIUM | {"Option2 Value": "x"}], "Option2 Value"),
        ([SHIRT | {"Option1 Name": ""}], "Option1 Name"),
        ([SHIRT | {"Option2 Name": "size", "Option2 Value": "x"}], "Option1 Name"),
        ([SHIRT, {"Handle": "shirt"}], ""),
        ([{"Handle": "", "Title": "", "Variant Price": "1"}], "Handle"),
        ([SHIRT | {"Title": "x" * 301}], "Title"),
        ([SHIRT | {"Image Src": "picture.jpg"}], "Image Src"),
        ([SHIRT | {"Published": "maybe"}], "Published"),
        ([SHIRT | {"Variant Inventory Policy": "never"}], "Variant Inventory Policy"),
        ([SHIRT | {"Variant Grams": "-5"}], "Variant Grams"),
        ([SHIRT | {"Variant Inventory Qty": "3000000000"}], "Variant Inventory Qty"),
    ],
)
def test_what_makes_no_sense_is_told_with_its_column(rows: list[dict[str, str]], column: str) -> None:
    found = failures(read_rows(*rows))
    assert [failure.column for failure in found] == [column]
    assert found[0].message.endswith((".", "cm"))


def test_rows_are_counted_as_spreadsheets_do_also_where_one_spans_lines() -> None:
    body = SHIRT | {"Body (HTML)": "one\ntwo\n\nthree"}
    (failure,) = failures(read_rows(body, MEDIUM, MEDIUM | {"Option1 Value": "L", "Variant Price": "x"}))
    assert failure.row == 4


def test_an_extra_blank_cell_at_the_end_is_ignored_and_one_with_text_is_told() -> None:
    text = csv_bytes([SHIRT]).decode().rstrip("\n")
    assert failures(read(f"{text},\n".encode())) == []
    (failure,) = failures(read(f"{text},stray\n".encode()))
    assert "1 more cells than the header" in failure.message


def test_short_rows_and_blank_lines_do_no_harm() -> None:
    draft = only(read(b"Handle,Title,Variant Price,Vendor\n\nshirt,Shirt,5\n , ,,\n\n"))
    assert draft.vendor == ""
    assert draft.variants[0].price_amount == 500


def test_a_quotation_mark_that_is_never_closed_fails_its_row_and_not_those_before() -> None:
    good, bad = read(b'Handle,Title,Variant Price\na,A,1\nb,"B,1\nc,C,1\n')
    assert good.draft is not None
    assert bad.failures[0].row == 3
    assert "never closed" in bad.failures[0].message


def test_two_ways_to_write_an_accent_are_one_option_value() -> None:
    (failure,) = failures(read_rows(SHIRT | {"Option1 Value": "Caf\u00e9"}, MEDIUM | {"Option1 Value": "Cafe\u0301"}))
    assert failure.row == 3


def test_a_blank_handle_with_a_title_begins_a_new_product() -> None:
    first, second = read_rows(SHIRT, {"Handle": "", "Title": "Blå Kop", "Variant Price": "3"})
    assert first.draft is not None
    assert second.draft is not None
    assert second.draft.source_key == "bla-kop"


def test_reading_can_begin_after_any_product() -> None:
    data = csv_bytes([SHIRT, MEDIUM | {"Handle": ""}, SHIRT | {"Handle": "other"}, MEDIUM | {"Handle": ""}])
    whole = read(data)
    assert read(data, after_row=whole[0].last_row) == whole[1:]


def test_a_product_with_more_rows_than_any_product_can_have_is_taken_in_pieces() -> None:
    rows = [MEDIUM | {"Option1 Value": str(number)} for number in range(5000)]
    pieces = read_rows(SHIRT, *rows)
    assert len(pieces) > 1
    assert sum(len(piece.rows) + len(piece.failures) for piece in pieces) == 5001
    assert {failure.message for failure in pieces[0].failures} == {
        "The product has 2,048 variants already, which is the most."
    }


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", EmptyFile, "empty"),
        (b"\n\n\n", EmptyFile, "empty"),
        (b"Handle,Title\n", NoRows, "no rows"),
        ("Handle,Title\na,b\n".encode("utf-16"), FileInUtf16, "UTF-16"),
        ("Handle,Title\na,b\n".encode("utf-16-le"), FileInUtf16, "UTF-16"),
        ("Handle,Title\na,b\n".encode("utf-32"), FileInUtf32, "UTF-32"),
        (codecs.BOM_UTF32_BE + "Handle,Title\na,b\n".encode("utf-32-be"), FileInUtf32, "UTF-32"),
        ("Handle,Title\na,b\n".encode("utf-32-le"), FileInUtf32, "UTF-32"),
        (b"Handle,Title,Variant Price\ra,b,1\rc,d,2\r", LinesEndWithCr, "old Mac"),
        (b'\xef\xbb\xbfHandle,"Title"\r' + b"a,b\r" * 300_000, LinesEndWithCr, "old Mac"),
        (b"Handle,Title\na,caf\xe9\n", FileNotUtf8, "byte 0xe9 in row 2 (byte 19"),
        (b"Handle,Title\na,b\n" + b"c,\0\n", FileIsBinary, "row 3"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", UnreadableFile, ""),
        (b"x" * (3 << 20), RecordTooLong, "Row 1 is longer than 1,024 KiB"),
        (b'Handle,Title\na,"' + b"x\n" * (1 << 20), RecordTooLong, "Row 2"),
        (b",".join(b"c%d" % n for n in range(50_000)) + b"\n", TooManyColumns, "50,000 columns"),
        (b"Name,SKU\na,b\n", UnknownHeader, "'Name', 'SKU'"),
        (b"Handle;Title;Variant Price\na;b;1\n", UnknownHeader, "semicolons"),
    ],
)
def test_a_file_that_is_none_of_shopifys_gets_one_clear_error(
    data: bytes, error: type[UnreadableFile], words: str
) -> None:
    with pytest.raises(error) as raised:
        list(FORMATS["shopify"](io.BytesIO(data), "EUR").rows())
    assert words in raised.value.message


@pytest.mark.parametrize("end", ["\r\n", "\r\r\n"])
def test_a_cr_elsewhere_than_at_the_end_of_the_header_is_no_old_macs(end: str) -> None:
    header = '"Handle","Title","Variant Price","My\rnotes"'
    (mug,) = read(f"{header}{end}mug,Mug,5,a{end}".encode())
    assert mug.draft
    assert mug.draft.name == "Mug"


class _Endless(io.RawIOBase):
    """A file that is generated while it is read."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._left = b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        assert (offset, whence) == (0, 0)
        return 0

    def readinto(self, buffer: Any) -> int:
        self._left = self._left or next(self._parts, b"")
        part, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def test_a_gigabyte_on_one_line_is_refused_after_a_megabyte() -> None:
    read_bytes = 0

    def parts() -> Iterator[bytes]:
        nonlocal read_bytes
        for _ in range(1024):
            read_bytes += 1 << 20
            yield b"x" * (1 << 20)

    tracemalloc.start()
    with pytest.raises(RecordTooLong):
        FORMATS["shopify"](io.BufferedReader(_Endless(parts())), "EUR")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read_bytes <= 4 << 20
    assert peak < 16 << 20


COLUMNS = [
    *("Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published", "Option1 Name"),
    *("Option1 Value", "Option2 Name", "Option2 Value", "Variant SKU", "Variant Grams", "Variant Inventory Tracker"),
    *("Variant Inventory Qty", "Variant Inventory Policy", "Variant Price", "Variant Compare At Price", "Image Src"),
    *("Variant Requires Shipping", "Variant Taxable", "Variant Barcode", "Image Position", "Image Alt Text"),
    *("SEO Title", "SEO Description", "Variant Image", "Status", "X (product.metafields.a.color)", "Price / X"),
]


@given(
    rows=st.lists(
        st.dictionaries(
            st.sampled_from(COLUMNS),
            st.one_of(
                st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
                st.sampled_from(["", "shirt", "1", "true", "https://x.example/1.jpg", "Default Title", "Title"]),
            ),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_any_text_in_any_cell_gives_products_or_failures(rows: list[dict[str, str]]) -> None:
    data = csv_bytes(rows, header=COLUMNS)
    for product in read(data):
        told = [source.row for source in product.rows] + [failure.row for failure in product.failures]
        assert len(set(told)) == len(told)
        assert all(product.first_row <= row <= product.last_row for row in told)
        assert all(failure.message for failure in product.failures)


@given(st.binary(max_size=400))
def test_any_bytes_give_products_failures_or_one_clear_error(data: bytes) -> None:
    message = ""
    try:
        read(b"Handle,Title,Variant Price\n" + data)
    except UnreadableFile as error:
        message = error.message
    assert message.endswith(".") or not message


def test_cells_come_back_as_the_file_wrote_them() -> None:
    cells = ["shirt", "", " padded ", "ten", 'a "quoted" one']
    text = io.StringIO()
    csv.writer(text).writerows([["Handle", "Title", "Vendor", "Variant Price", "Tags"], cells])
    (failure,) = failures(read(text.getvalue().encode()))
    assert list(failure.cells) == cells
