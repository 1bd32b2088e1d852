"""A product of a WooCommerce file, with its variations, becomes a draft.

What we cannot say as WooCommerce does: a stock that several variants share goes to the first of them, so that
nothing is sold twice; of several categories the deepest counts; a price that holds for some days only is left to a
price list; what is hidden, or sold elsewhere, is not published. What is lost so stands in the metadata.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product as combinations
from typing import Any

from hansa.domain.catalog.models import MAX_OPTIONS, MAX_VARIANTS
from hansa.domain.catalog.text import sanitise_html
from hansa.domain.catalog.types import ImageDraft, ProductDraft, VariantDraft
from hansa.domain.imports.formats.cells import Mistakes, Row, read_row
from hansa.domain.imports.formats.parsed import ParsedProduct, RowFailure, SourceRow
from hansa.domain.imports.formats.records import Record
from hansa.domain.imports.formats.woocommerce_header import Header
from hansa.domain.imports.formats.woocommerce_row import comma_list, rules_for

_OF_VARIATION = frozenset(
    (
        *("type", "sku", "gtin", "published", "sale_starts", "sale_ends", "in_stock", "stock", "backorders"),
        *("weight", "sale_price", "regular_price", "images"),
    )
)
_MOST_VALUE_CHARACTERS = 255
_MOST_NAME_CHARACTERS = 100
_MOST_KEPT = 2000
"""Characters of a text that goes into the metadata, which has a limit of its own."""

type Facts = dict[str, tuple[str, ...]]
"""Attributes by name, with their values; no value: any."""


class ProductReader:
    """Makes drafts of the rows of one file."""

    def __init__(self, header: Header, currency: str) -> None:
        """Take the file's columns and the currency of its prices."""
        self._header = header
        self._rules = rules_for(currency, header.grams_per_unit)
        self._columns = {"title": header.name_of("name"), "price": header.name_of("regular_price")}

    def orphan(self, record: Record) -> ParsedProduct:
        """Return a variation whose product is not in the file: it cannot be imported alone."""
        index = self._header.fields.get("parent")
        parent = "" if index is None else record.cells[index].strip()
        message = f"The product {parent[:60]!r} that this is a variation of is not in the file. Export both together."
        failure = self._failure(record, [("parent", message)])
        return ParsedProduct(record.row, record.row, None, (), (failure,), self._columns)

    def read(self, record: Record, variations: Sequence[Record]) -> ParsedProduct:
        """Return the product of a row, with its variations."""
        row, found = read_row(self._texts(record, self._header.fields.keys()), self._rules)
        found = [*self._defects(record, row), *found]
        facts = self._facts(record)
        options: tuple[str, ...] = ()
        if not found and variations:
            options, found = self._options(facts, variations)
        if found:
            return self._refused(record, variations, found)
        variants: tuple[VariantDraft, ...]
        if not variations:
            variants = (self._variant((), row, row),) if "variable" not in row["type"] else ()
            rows = [SourceRow(record.row, tuple(record.cells), variants[0].option_values if variants else None)]
            return self._parsed(record, self._draft(row, facts, options, variants), rows, [])
        made = _Variants(facts, options)
        rows = [SourceRow(record.row, tuple(record.cells), None)]
        tried = [(variation, self._add(made, variation, row)) for variation in variations]
        failures = [self._failure(variation, mistakes) for variation, mistakes in tried if mistakes]
        variants, sources = made.finish()
        draft = self._draft(row, facts, options, self._sharing(row, variants))
        return self._parsed(record, draft, [*rows, *sources], failures)

    def _parsed(
        self, record: Record, draft: ProductDraft, rows: Sequence[SourceRow], failures: Sequence[RowFailure]
    ) -> ParsedProduct:
        return ParsedProduct(record.row, record.row, draft, tuple(rows), tuple(failures), self._columns)

    def _refused(self, record: Record, variations: Sequence[Record], found: Mistakes) -> ParsedProduct:
        told = f"Not imported, because row {record.row}, its product, is wrong."
        failures = [self._failure(record, found), *(self._failure(one, [("", told)]) for one in variations)]
        return ParsedProduct(record.row, record.row, None, (), tuple(failures), self._columns)

    def _texts(self, record: Record, fields: Any) -> dict[str, str]:  # noqa: ANN401  (a set of names)
        places = self._header.fields.items()
        return {
            field: text
            for field, at in places
            if field in self._rules and field in fields and (text := record.cells[at].strip())
        }

    def _defects(self, record: Record, row: Row) -> Mistakes:
        """Return what is wrong with a product's row beside its single cells."""
        if record.defect:
            return [("", record.defect)]
        if any(map(str.strip, record.cells[len(self._header.names) :])):
            message = "The row has more cells than the header. Put quotation marks around the text that holds a comma."
            return [("", message)]
        if "name" not in row:
            return [("name", "The product has no name. Write one.")]
        if "type" not in row:
            return [("type", "The row does not say what it is. Write simple, variable, variation or external.")]
        if "grouped" in row["type"]:
            message = (
                "A group of products has no price and cannot be imported. Import the products, and make a category or"
                " a bundle of them in the back office."
            )
            return [("type", message)]
        return []

    def _facts(self, record: Record) -> Facts:
        """Return the row's attributes."""
        facts: Facts = {}
        for name_at, values_at in self._header.attributes:
            if name := record.cells[name_at].strip():
                values = comma_list(record.cells[values_at].strip())
                facts.setdefault(name[:_MOST_NAME_CHARACTERS], tuple(one[:_MOST_VALUE_CHARACTERS] for one in values))
        return facts

    def _options(self, facts: Facts, variations: Sequence[Record]) -> tuple[tuple[str, ...], Mistakes]:
        """Return the attributes that the variations differ in, in the product's order."""
        named = dict.fromkeys(name for one in variations for name in self._facts(one))
        options = tuple(sorted(named, key=lambda name: list(facts).index(name) if name in facts else len(facts)))
        if len(options) > MAX_OPTIONS:
            message = f"The variations differ in {len(options)} attributes; the most is {MAX_OPTIONS}."
            return (), [("", message)]
        return options, []

    def _add(self, made: "_Variants", record: Record, product: Row) -> Mistakes:
        """Take a variation; return what is wrong with it."""
        row, found = read_row(self._texts(record, _OF_VARIATION), self._rules)
        if found:
            return found
        source = SourceRow(record.row, tuple(record.cells), None)
        if row.get("published") is False:
            made.leave_out(source)
            return []
        return made.add(source, self._facts(record), self._variant((), row, product))

    def _variant(self, values: tuple[str, ...], row: Row, product: Row) -> VariantDraft:
        has = self._header.fields
        price, former = _prices(row)
        is_tracked, quantity = _stock(row, has)
        backorders = row.get("backorders")
        tax = product.get("tax_status")
        images = row.get("images", ())
        return VariantDraft(
            option_values=values,
            price_amount=price,
            compare_at_amount=former,
            clears_compare_at="sale_price" in has and former is None,
            sku=row.get("sku", "" if "sku" in has else None),
            barcode=row.get("gtin", "" if "gtin" in has else None),
            is_stock_tracked=is_tracked,
            stock_quantity=quantity,
            sells_when_out_of_stock=None if backorders is None else backorders in {"1", "notify", "yes"},
            weight_grams=row.get("weight", product.get("weight")),
            requires_shipping="virtual" not in row["type"],
            is_taxable=None if tax in {None, "parent"} else tax == "taxable",
            image_url=images[0] if images and row is not product else None,
        )

    def _sharing(self, product: Row, variants: Sequence[VariantDraft]) -> tuple[VariantDraft, ...]:
        """Give the stock that the product holds for all its variations to the first that shares it."""
        left = product.get("stock")
        shared = []
        for variant in variants:
            if variant.is_stock_tracked and variant.stock_quantity is None:
                shared.append(replace(variant, stock_quantity=left or 0))
                left = 0
            else:
                shared.append(variant)
        return tuple(shared)

    def _draft(
        self, row: Row, facts: Facts, options: tuple[str, ...], variants: tuple[VariantDraft, ...]
    ) -> ProductDraft:
        has = self._header.fields
        paths = row.get("categories", ())
        is_published = row.get("published")
        if is_published and (row.get("visibility") == "hidden" or "external" in row["type"]):
            is_published = False
        text = row.get("description") or row.get("short_description")
        return ProductDraft(
            source_key=row.get("sku") or (f"id:{row['id']}" if "id" in row else row["name"]),
            name=row["name"],
            description=sanitise_html(text) if text else "" if "description" in has else None,
            category_names=(paths[0] if paths else ()) if "categories" in has else None,
            tags=row.get("tags", ()) if "tags" in has else None,
            option_names=options,
            is_published=is_published,
            metadata=self._metadata(row, paths),
            attributes={name: values for name, values in facts.items() if values} or None,
            variants=variants,
            images=tuple(ImageDraft(one, None, place) for place, one in enumerate(row.get("images", ()), 1)),
        )

    def _metadata(self, row: Row, paths: Sequence[Sequence[str]]) -> dict[str, Any]:
        """Return what has no place of its own; None clears what an earlier import stored."""
        is_timed = "sale_starts" in row or "sale_ends" in row
        return {
            "woocommerce.id": row.get("id"),
            "woocommerce.categories": ", ".join(" > ".join(path) for path in paths[1:])[:_MOST_KEPT] or None,
            "woocommerce.short_description": row.get("short_description", "")[:_MOST_KEPT]
            if "description" in row
            else None,
            "woocommerce.sale_price_amount": row.get("sale_price") if is_timed else None,
            "woocommerce.sale_starts": row.get("sale_starts"),
            "woocommerce.sale_ends": row.get("sale_ends"),
            "woocommerce.external_url": row.get("external_url"),
        }

    def _failure(self, record: Record, found: Mistakes) -> RowFailure:
        """Say all that is wrong with a row, so that it is corrected once."""
        (field, first), *others = found
        more = [f"{self._header.name_of(name) or name}: {sentence}" for name, sentence in others]
        return RowFailure(record.row, self._header.name_of(field), " ".join([first, *more]), tuple(record.cells))


class _Variants:
    """The variations of one product, each under the values it stands for."""

    def __init__(self, facts: Facts, options: tuple[str, ...]) -> None:
        self._facts = facts
        self._options = options
        self._exact: dict[tuple[str, ...], tuple[SourceRow, VariantDraft]] = {}
        self._open: list[tuple[SourceRow, VariantDraft, list[tuple[str, ...]]]] = []
        self._left_out: list[SourceRow] = []

    def leave_out(self, source: SourceRow) -> None:
        """Note a variation that is not for sale."""
        self._left_out.append(source)

    def add(self, source: SourceRow, facts: Facts, variant: VariantDraft) -> Mistakes:
        """Take a variation; return what is wrong with it. A blank value is any of those the product has."""
        choices = [facts.get(name) or () for name in self._options]
        for place, name in enumerate(self._options):
            choices[place] = choices[place] or self._facts.get(name, ())
            if not choices[place]:
                return [("", f"The variation stands for any {name!r}, and the product lists none. Write the value.")]
        if all(len(facts.get(name) or ()) == 1 for name in self._options):
            values = tuple(one for (one,) in choices)
            if values in self._exact:
                return [("", "An earlier row has the same variation. Delete one of the two.")]
            self._exact[values] = source, variant
        else:
            self._open.append((source, variant, choices))
        return []

    def finish(self) -> tuple[tuple[VariantDraft, ...], list[SourceRow]]:
        """Return the variants, and which row each comes from; what a row names exactly goes before what is any."""
        made = dict(self._exact)
        for source, variant, choices in self._open:
            is_first = True
            for values in _some(combinations(*choices), MAX_VARIANTS + 1):
                if values not in made:
                    # The others share the stock of the first.
                    made[values] = source, variant if is_first else _without_stock(variant)
                    is_first = False
        variants = tuple(replace(variant, option_values=values) for values, (_, variant) in made.items())
        sources = [SourceRow(source.row, source.cells, values) for values, (source, _) in made.items()]
        return variants, [*sources, *self._left_out]


def _some[T](items: Iterator[T], most: int) -> Iterator[T]:
    for _, item in zip(range(most), items, strict=False):
        yield item


def _without_stock(variant: VariantDraft) -> VariantDraft:
    return replace(variant, stock_quantity=0) if variant.stock_quantity else variant


def _prices(row: Row) -> tuple[int | None, int | None]:
    """Return the price, and the former one: a sale without dates holds."""
    regular, sale = row.get("regular_price"), row.get("sale_price")
    if sale is None or "sale_starts" in row or "sale_ends" in row:
        return regular, None
    return sale, regular


def _stock(row: Row, has: Mapping[str, int]) -> tuple[bool | None, int | None]:
    """Return whether pieces are counted, and how many there are; counted and None: the product says."""
    if "stock" in row:
        return True, row["stock"]
    if row.get("in_stock") == "0":
        return True, 0
    return (False if "stock" in has else None), None
