"""Files to import: the real ones beside the repository, and small ones made in a test."""

import csv
import io
from pathlib import Path

from hansa.domain.imports.formats import FORMATS, ParsedProduct, RowFailure

ROOT = Path(__file__).resolve().parents[3]
REAL_FILES = ROOT.parent / "shared" / "data" / "shopify"

type Row = dict[str, str]


def real_file(name: str) -> Path:
    """Return one of the real exports; fails when the data beside the repository are missing."""
    path = REAL_FILES / name
    assert path.is_file(), f"{path} is missing: the tests need the shared data beside the repository"
    return path


def made_file(directory: Path, rows: list[Row], *, header: list[str] | None = None, name: str = "made.csv") -> Path:
    """Write `rows` as a CSV file; the columns are those that the rows name, in their order."""
    path = directory / name
    path.write_bytes(csv_bytes(rows, header=header))
    return path


def csv_bytes(rows: list[Row], *, header: list[str] | None = None) -> bytes:
    """Return `rows` as CSV in UTF-8."""
    columns = header or list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def read(data: bytes, *, currency: str = "EUR", after_row: int = 1) -> list[ParsedProduct]:
    """Read a Shopify file from memory."""
    return list(FORMATS["shopify"](io.BytesIO(data), currency).products(after_row=after_row))


def read_rows(*rows: Row, currency: str = "EUR") -> list[ParsedProduct]:
    """Read a Shopify file made of `rows`."""
    return read(csv_bytes(list(rows)), currency=currency)


def failures(products: list[ParsedProduct]) -> list[RowFailure]:
    """Return the rows that failed."""
    return [failure for product in products for failure in product.failures]
