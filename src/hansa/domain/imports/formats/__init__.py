"""What other shops' files look like: each format is a reader that turns a file into drafts of products.

A format knows nothing of the database. Readers stream: what they hold does not grow with the file.
"""

from collections.abc import Callable, Mapping
from typing import BinaryIO

from hansa.domain.imports.formats.hansa import open_hansa
from hansa.domain.imports.formats.hansa_document import open_hansa_jsonl
from hansa.domain.imports.formats.parsed import ParsedProduct, ProductFile, RowFailure
from hansa.domain.imports.formats.shopify import open_shopify
from hansa.domain.imports.formats.woocommerce import open_woocommerce

FORMATS: Mapping[str, Callable[[BinaryIO, str], ProductFile]] = {
    "shopify": open_shopify,
    "woocommerce": open_woocommerce,
    "hansa": open_hansa,
    "hansa_jsonl": open_hansa_jsonl,
}
"""By the name that `--format` takes: binary file, currency → ProductFile."""

TITLES = {
    "shopify": "Shopify",
    "woocommerce": "WooCommerce",
    "hansa": "Hansa, CSV",
    "hansa_jsonl": "Hansa, JSON Lines",
}
"""What people call each format."""

__all__ = ["FORMATS", "TITLES", "ParsedProduct", "ProductFile", "RowFailure"]
