"""What the catalogue refused, told row by row."""

from collections.abc import Iterator

from hansa.domain.catalog.services.upsert_products import ProductsUpserted
from hansa.domain.imports.formats import ParsedProduct, RowFailure


def failures_of(product: ParsedProduct, result: ProductsUpserted) -> list[RowFailure]:
    """Return the rows of `product` that failed, in the order of the file: in the file itself or in the catalogue.

    When the whole product is refused all its rows fail, so that the error file holds all of it. A row that
    stands for several variants fails once.
    """
    refused: dict[int, RowFailure] = {}
    for failure in (*product.failures, *_refused(product, result)):
        refused.setdefault(failure.row, failure)
    return sorted(refused.values(), key=lambda failure: failure.row)


def _refused(product: ParsedProduct, result: ProductsUpserted) -> Iterator[RowFailure]:
    if product.draft is None:
        return
    key = product.draft.source_key
    reason = result.refused.get(key)
    first = product.rows[0].row
    for source in product.rows:
        if reason is not None:
            told = reason if source.row == first else f"Not imported, because row {first} of this product failed."
            yield RowFailure(source.row, _column(product, reason) if source.row == first else "", told, source.cells)
        elif source.option_values is not None and (key, source.option_values) in result.refused_variants:
            told = result.refused_variants[key, source.option_values]
            yield RowFailure(source.row, _column(product, told), told, source.cells)


def _column(product: ParsedProduct, reason: str) -> str:
    """Return the column to look at, where it is certain."""
    for field in ("title", "price"):
        if f"no {field}" in reason:
            return product.columns.get(field, "")
    return ""
