"""Cut a file into chunks that are ready to be written: all of an import that needs no database."""

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from hansa.domain.catalog.services.upsert_new_products import NewProducts, prepare_new_products
from hansa.domain.imports.formats import ParsedProduct, RowFailure


@dataclass(frozen=True, slots=True)
class ChunkLimits:
    """A chunk ends with whichever comes first."""

    products: int
    rows: int


class Chunk(NamedTuple):
    """Products that are imported in one transaction."""

    last_row: int
    failures: tuple[RowFailure, ...]
    """Rows that the format refused, product by product."""
    new: NewProducts
    """What to write if all of the products are new."""
    packed: bytes
    """The products as the format understood them, pickled: they are looked at only if some are not new,
    or refused, and to unpack them takes the importing process longer than to write them."""

    def products(self) -> list[ParsedProduct]:
        """Return the products as the format understood them."""
        products: list[ParsedProduct] = pickle.loads(self.packed)  # noqa: S301  (our own process wrote it)
        return products


def read_chunks(products: Iterator[ParsedProduct], *, limits: ChunkLimits, now: datetime) -> Iterator[Chunk]:
    """Put products together to chunks, each as ready as can be; a handle comes once in a chunk."""
    for chunk in _cut(products, limits):
        yield Chunk(
            last_row=chunk[-1].last_row,
            failures=tuple(
                failure for product in chunk for failure in sorted(product.failures, key=lambda failure: failure.row)
            ),
            new=prepare_new_products([product.draft for product in chunk if product.draft], now=now),
            packed=pickle.dumps(chunk, pickle.HIGHEST_PROTOCOL),
        )


def _cut(products: Iterator[ParsedProduct], limits: ChunkLimits) -> Iterator[Sequence[ParsedProduct]]:
    chunk: list[ParsedProduct] = []
    handles: set[str] = set()
    rows = 0
    for product in products:
        handle = product.draft.source_key if product.draft else ""
        # Some formats have rows of a product elsewhere in the file.
        size = max(product.last_row - product.first_row + 1, len(product.rows) + len(product.failures))
        is_full = len(chunk) >= limits.products or rows + size > limits.rows
        if chunk and (is_full or (handle and handle in handles)):
            yield chunk
            chunk, handles, rows = [], set(), 0
        chunk.append(product)
        handles.add(handle)
        rows += size
    if chunk:
        yield chunk
