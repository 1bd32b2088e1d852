"""What other shops' files look like: each format is a reader that turns a file into drafts of products.

A format knows nothing of the database. Readers stream: what they hold does not grow with the file.
"""

from hansa.domain.imports.formats.parsed import ParsedProduct, ProductFile, RowFailure
from hansa.domain.imports.formats.shopify import open_shopify

FORMATS = {"shopify": open_shopify}
"""By the name that `--format` takes: binary file, currency → ProductFile."""

__all__ = ["FORMATS", "ParsedProduct", "ProductFile", "RowFailure"]
