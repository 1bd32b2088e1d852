"""WooCommerce's product CSV: real exports, other languages, and what merchants do to files."""

import io
from pathlib import Path

import pytest

from hansa.domain.catalog.models import Product, Variant
from hansa.domain.imports.errors import NoRows, UnknownHeader
from hansa.domain.imports.formats import FORMATS, ParsedProduct
from hansa.domain.imports.formats.woocommerce_row import plain_number
from hansa.domain.imports.services.import_file import import_file
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.imports.files import ROOT, Row, csv_bytes, failures, made_file

REAL_FILES = ROOT.parent / "shared" / "data" / "woocommerce"
SAMPLE = REAL_FILES / "classic-commerce-sample_products.csv"
IMPORTER = REAL_FILES / "classic-commerce-importer-test-sample.csv"

COLORS = {"Attribute 1 name": "Color", "Attribute 1 value(s)": "Blue, Green"}
SIZES = {"Attribute 2 name": "Size", "Attribute 2 value(s)": "S, M"}
TEE = {"ID": "7", "Type": "variable", "SKU": "tee", "Name": "Tee", "Published": "1"} | COLORS | SIZES


def variation(color: str, size: str, price: str = "10", **cells: str) -> Row:
    return {
        "Type": "variation",
        "Parent": "tee",
        "Regular price": price,
        "Attribute 1 name": "Color",
        "Attribute 1 value(s)": color,
        "Attribute 2 name": "Size",
        "Attribute 2 value(s)": size,
    } | cells


def read(*rows: Row, header: list[str] | None = None, after_row: int = 1) -> list[ParsedProduct]:
    file = io.BytesIO(csv_bytes(list(rows), header=header))
    return list(FORMATS["woocommerce"](file, "EUR").products(after_row=after_row))


def one(*rows: Row) -> ParsedProduct:
    (product,) = read(*rows)
    return product


def simple(**cells: str) -> Row:
    return {"Type": "simple", "SKU": "mug", "Name": "Mug", "Published": "1", "Regular price": "10"} | cells


def test_the_sample_catalogue_is_imported_as_a_shopkeeper_expects(shop: TenantContext) -> None:
    with tenant_scope(shop):
        summary = import_file(SAMPLE, file_format="woocommerce", now=now())
        again = import_file(SAMPLE, file_format="woocommerce", now=now())
        with transaction():
            tee = Product.objects.get(source_key="cc-hoodie")
            options = list(Variant.objects.filter(product=tee).values_list("option_values", flat=True))
            any_sizes = Variant.objects.filter(product__source_key="cc-tee").count()
            album = Variant.objects.get(product__source_key="cc-album")
            beanie = Variant.objects.get(product__source_key="cc-beanie")
            categories = dict(Product.objects.values_list("source_key", "category__path"))
    assert (summary.failed_rows, again.created, again.updated) == (1, 0, 0), "a group of products has no price"
    assert tee.option_names == ["Color", "Logo"]
    assert sorted(options) == [[color, logo] for color in ("Blue", "Green", "Red") for logo in ("No", "Yes")]
    assert any_sizes == 9, "three colours, and each variation stands for any size"
    assert not album.requires_shipping
    assert (beanie.price_amount, beanie.compare_at_amount) == (1800, 2000)
    assert categories["cc-beanie"] == "clothing/accessories"


def test_the_importers_own_sample_is_understood() -> None:
    with IMPORTER.open("rb") as file:
        products = list(FORMATS["woocommerce"](file, "USD").products())
    drafts = {product.draft.source_key: product.draft for product in products if product.draft}
    assert [failure.row for failure in failures(products)] == [8]
    logo = drafts["WOOLOGO"]
    assert (logo.variants[0].price_amount, logo.metadata and logo.metadata["woocommerce.sale_ends"]) == (
        2000,
        "2030-01-01 0:00:00",
    )
    assert (logo.variants[0].stock_quantity, logo.variants[0].sells_when_out_of_stock) == (5, True)
    idea = drafts["WOOIDEA"]
    assert idea.category_names == ("Clothing", "T-shirts")
    assert [variant.option_values for variant in idea.variants] == [("Black", "M"), ("Green", "L")]
    assert idea.variants[1].price_amount == 1799
    assert idea.variants[1].image_url == idea.images[2].url
    assert drafts["WooCommerce Product CSV Suite"].is_published is False


@pytest.mark.parametrize("parent", ["tee", "id:7"])
def test_variations_may_come_before_their_product_and_far_behind_it(parent: str) -> None:
    products = read(
        variation("Blue", "S", Parent=parent), TEE, simple(), variation("Green", "M", Parent=parent, SKU="tee-gm")
    )
    tee, mug = products
    assert tee.draft is not None
    assert mug.draft is not None
    assert [variant.option_values for variant in tee.draft.variants] == [("Blue", "S"), ("Green", "M")]
    assert (tee.first_row, tee.last_row, mug.last_row) == (3, 3, 4)
    assert [source.row for source in tee.rows] == [3, 2, 5]


def test_an_import_that_goes_on_behind_a_row_finds_the_variations_before_it() -> None:
    (tee,) = read(variation("Blue", "S"), simple(), TEE, after_row=3)
    assert tee.draft is not None
    assert [variant.option_values for variant in tee.draft.variants] == [("Blue", "S")]


def test_a_blank_value_is_any_value_that_no_other_variation_has() -> None:
    product = one(TEE, variation("Blue", "", "10", Stock="4"), variation("Blue", "M", "12"), variation("", "S", "9"))
    assert product.draft is not None
    prices = {variant.option_values: variant.price_amount for variant in product.draft.variants}
    assert prices == {("Blue", "M"): 1200, ("Blue", "S"): 1000, ("Green", "S"): 900}


def test_a_stock_that_variants_share_goes_to_the_first_so_that_nothing_is_sold_twice() -> None:
    shared = one(TEE | {"Stock": "5"}, variation("Blue", "S", Stock="parent"), variation("Green", "S", Stock="parent"))
    any_size = one(TEE, variation("Blue", "", Stock="4"))
    for product, quantities in ((shared, [5, 0]), (any_size, [4, 0])):
        assert product.draft is not None
        assert [variant.stock_quantity for variant in product.draft.variants] == quantities
        assert all(variant.is_stock_tracked for variant in product.draft.variants)


def test_a_variation_without_its_product_fails_and_says_what_to_do() -> None:
    (failure,) = failures(read(simple(), variation("Blue", "S", Parent="gone")))
    assert (failure.row, failure.column) == (3, "Parent")
    assert "'gone'" in failure.message


def test_what_is_wrong_with_a_product_fails_its_variations_and_nothing_else() -> None:
    products = read(TEE | {"Weight (kg)": "heavy"}, variation("Blue", "S"), simple())
    assert [failure.row for failure in failures(products)] == [2, 3]
    assert products[1].draft is not None


def test_a_wrong_variation_fails_alone() -> None:
    product = one(TEE, variation("Blue", "S", "ten"), variation("Green", "S"), variation("Green", "S"))
    assert product.draft is not None
    assert [variant.option_values for variant in product.draft.variants] == [("Green", "S")]
    assert [(failure.row, failure.column) for failure in product.failures] == [(3, "Regular price"), (5, "")]


def test_a_variation_that_is_not_for_sale_is_left_out() -> None:
    product = one(TEE, variation("Blue", "S", Published="0"), variation("Green", "S"))
    assert product.draft is not None
    assert [variant.option_values for variant in product.draft.variants] == [("Green", "S")]
    assert not product.failures


def test_lists_have_escaped_commas_and_texts_escaped_line_ends() -> None:
    draft = one(
        simple(
            Categories=r"Food > Salt\, pepper, Gifts",
            Tags=r"a\, b, c",
            Description=r"One\nTwo\n\nThree",
            **{"Attribute 1 name": "Material", "Attribute 1 value(s)": r"Oak\, oiled, Steel"},
        )
    ).draft
    assert draft is not None
    assert draft.category_names == ("Food", "Salt, pepper")
    assert draft.tags == ("a, b", "c")
    assert draft.attributes == {"Material": ("Oak, oiled", "Steel")}
    assert draft.description == "<p>One<br>Two</p><p>Three</p>"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("1299,50", "1299.50"), ("1 299,50", "1299.50"), ("1.299,50", "1299.50"), ("1,299.50", "1299.50"), ("7", "7")],
)
def test_decimals_are_read_as_the_sites_language_writes_them(written: str, read_as: str) -> None:
    assert plain_number(written) == read_as


def test_weights_are_grams_whatever_the_unit() -> None:
    for unit, text, grams in (("kg", "0,25", 250), ("lbs", "2", 907), ("oz", "1", 28), ("g", "90", 90)):
        draft = one(simple(**{f"Weight ({unit})": text})).draft
        assert draft is not None
        assert draft.variants[0].weight_grams == grams


RUSSIAN = (
    *("ID", "Тип", "Артикул", "GTIN, UPC, EAN или ISBN", "Имя", "Опубликован", "Рекомендуемый?"),
    *("Видимость в каталоге", "Краткое описание", "Описание", "Дата начала действия продажной цены"),
    *("Дата окончания действия продажной цены", "Статус налога", "Налоговый класс", "Наличие", "Запасы"),
    *("Малое количество запасов", "Возможен ли предзаказ?", "Продано индивидуально?", "Вес (kg)", "Длина (cm)"),
    *("Ширина (cm)", "Высота (cm)", "Разрешить отзывы от клиентов?", "Примечание к покупке", "Цена распродажи"),
    *("Базовая цена", "Категории", "Метки", "Класс доставки", "Изображения", "Лимит загрузок"),
    *("Число дней до просрочки загрузки", "Родительский", "Сгруппированные товары", "Апсейлы", "Кросселы"),
    *("Внешний URL", "Текст кнопки", "Позиция", "Название атрибута 1", "Значение(-я) атрибута(-ов) 1"),
    *("Видимость атрибута 1", "Глобальный атрибут 1"),
)


def test_a_header_in_a_language_that_we_do_not_know_is_read_by_its_places() -> None:
    unknown = [name if name == "ID" or "GTIN" in name else f"§{name}" for name in RUSSIAN]
    for header in ([*RUSSIAN], unknown):
        parent = dict.fromkeys(header, "") | {header[1]: "variable", header[2]: "чай", header[4]: "Чай"}
        parent |= {header[5]: "1", header[40]: "Вес", header[41]: "100 г, 200 г"}
        child = dict.fromkeys(header, "") | {header[1]: "variation", header[33]: "чай", header[26]: "12,50"}
        child |= {header[3]: "4006381333931", header[40]: "Вес", header[41]: "100 г", header[19]: "0,1"}
        (product,) = read(parent, child, header=header)
        assert product.draft is not None, product.failures
        assert (product.draft.name, product.draft.option_names, product.draft.is_published) == ("Чай", ("Вес",), True)
        (variant,) = product.draft.variants
        assert (variant.price_amount, variant.barcode, variant.weight_grams) == (1250, "4006381333931", 100)


@pytest.mark.parametrize("header", [["Handle", "Title"], ["id"], ["Type;SKU;Name"], ["Type", "Name"]])
def test_another_file_is_refused(header: list[str]) -> None:
    with pytest.raises(UnknownHeader, match="not a WooCommerce product file"):
        read(dict.fromkeys(header, "x"))


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    path = made_file(tmp_path, [], header=["ID", "Type", "SKU", "Name", "Regular price"])
    with path.open("rb") as file, pytest.raises(NoRows):
        list(FORMATS["woocommerce"](file, "EUR").rows())


def test_a_row_that_the_catalogue_refuses_fails_once_though_it_stands_for_many_variants(
    shop: TenantContext, tmp_path: Path
) -> None:
    path = made_file(tmp_path, [TEE, variation("", "", "")])
    with tenant_scope(shop):
        summary = import_file(path, file_format="woocommerce", now=now())
    assert (summary.created, summary.failed_rows) == (0, 2)
