"""Products: Hansa's own columns, which an import reads again; one row for each variant."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from hansa.domain.catalog.types import ImageDraft, ProductDraft, VariantDraft
from hansa.domain.exports.rows.shelves import Shelves
from hansa.domain.exports.types import Cell
from hansa.domain.imports.formats.hansa_columns import header, restore, rows_of
from hansa.domain.imports.formats.hansa_document import line_of
from hansa.kernel.postgresql.streaming import Stream
from hansa.kernel.tenancy import get_current_tenant

_NUMBERS = frozenset(("stock_quantity", "weight_grams"))
_AMOUNTS = frozenset(("price", "compare_at_price"))

_COUNT = """
    SELECT count(*) FROM catalog_product p
    WHERE p.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND p.archived_at IS NULL
"""
_LABELS = """
    SELECT DISTINCT a.label FROM catalog_attribute a
    WHERE a.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) ORDER BY a.label
"""
# A product that was made by hand goes by its address, unless a file calls another one so. The order is by
# handle, so that a copy of the shop gives the same file.
_ROWS = """
    SELECT h.handle, p.name, p.description, p.vendor, p.category_id, p.tags, p.option_names,
        p.status = 'published', p.seo_title, p.seo_description, p.metadata::json,
        (
            SELECT coalesce(json_agg(json_build_array(a.label, pa.value) ORDER BY a.label, pa.value), '[]')
            FROM catalog_productattribute pa
            JOIN catalog_attribute a ON a.tenant_id = pa.tenant_id AND a.id = pa.attribute_id
            WHERE pa.tenant_id = p.tenant_id AND pa.product_id = p.id
        ),
        (
            SELECT coalesce(json_agg(json_build_array(i.url, i.alt) ORDER BY i.position, i.id), '[]')
            FROM catalog_productimage i WHERE i.tenant_id = p.tenant_id AND i.product_id = p.id
        ),
        (
            SELECT coalesce(json_agg(json_build_object(
                'option_values', v.option_values, 'price_amount', v.price_amount,
                'compare_at_amount', v.compare_at_amount, 'sku', v.sku, 'barcode', v.barcode,
                'is_stock_tracked', v.is_stock_tracked, 'stock_quantity', v.stock_quantity,
                'sells_when_out_of_stock', v.sells_when_out_of_stock, 'weight_grams', v.weight_grams,
                'requires_shipping', v.requires_shipping, 'is_taxable', v.is_taxable,
                'image_url', i.url, 'metadata', v.metadata
            ) ORDER BY v.position, v.id), '[]')
            FROM catalog_variant v
            LEFT JOIN catalog_productimage i ON i.tenant_id = v.tenant_id AND i.id = v.image_id
            WHERE v.tenant_id = p.tenant_id AND v.product_id = p.id
        )
    FROM (
        SELECT o.tenant_id, o.id, coalesce(o.source_key, CASE WHEN EXISTS (
            SELECT FROM catalog_product other WHERE other.tenant_id = o.tenant_id
                AND other.source_key = o.slug AND other.archived_at IS NULL
        ) THEN o.id::text ELSE o.slug END) AS handle
        FROM catalog_product o
        WHERE o.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND o.archived_at IS NULL
    ) h
    JOIN catalog_product p ON p.tenant_id = h.tenant_id AND p.id = h.id
    WHERE p.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
    ORDER BY h.handle COLLATE "C"
"""


class Products:
    """The products that are not archived, by handle."""

    def __init__(self, stream: Stream) -> None:
        """Take what to read from; reads all categories and attributes, which are few."""
        self._stream = stream
        self._labels = [label for (label,) in stream.all(_LABELS)]
        self._shelves = Shelves(stream)
        self._currency = get_current_tenant().currency
        self.columns: Sequence[str] = header(self._labels)

    def count(self) -> int:
        """Return how many products there are."""
        return int(self._stream.one(_COUNT))

    def drafts(self) -> Iterator[ProductDraft]:
        """Yield the products as an import would read them."""
        for row in self._stream.rows(_ROWS):
            yield self._draft(*row)

    def things(self) -> Iterator[list[Sequence[Cell]]]:
        """Yield the rows of each product."""
        for draft in self.drafts():
            rows = rows_of(draft, currency=self._currency, attribute_labels=self._labels)
            yield [[_typed(name, text) for name, text in zip(self.columns, one, strict=True)] for one in rows]

    def _draft(self, handle: str, name: str, description: str, vendor: str, *rest: Any) -> ProductDraft:  # noqa: ANN401  (columns)
        shelf, tags, option_names, is_published, seo_title, seo_description, metadata, facts, images, variants = rest
        attributes: dict[str, tuple[str, ...]] = {}
        for label, value in facts:
            attributes[label] = (*attributes.get(label, ()), value)
        return ProductDraft(
            source_key=handle,
            name=name,
            description=description,
            vendor=vendor,
            category_names=self._shelves.path(shelf),
            tags=tuple(tags),
            option_names=tuple(option_names),
            is_published=is_published,
            seo_title=seo_title,
            seo_description=seo_description,
            metadata=metadata,
            attributes=attributes,
            images=tuple(ImageDraft(url, alt) for url, alt in images),
            variants=tuple(VariantDraft(**one | {"option_values": tuple(one["option_values"])}) for one in variants),
        )


class ProductLines(Products):
    """The same as JSON Lines, one product a line: the only cell of its row."""

    def things(self) -> Iterator[list[Sequence[Cell]]]:
        """Yield the line of each product."""
        for draft in self.drafts():
            yield [[line_of(draft, currency=self._currency)]]


def _typed(column: str, text: str) -> Cell:
    """Return a cell of Hansa's columns as what it is: the formats write numbers and texts each in their way."""
    if not text:
        return None
    if column in _NUMBERS:
        return int(text)
    return Decimal(text) if column in _AMOUNTS else restore(text)
