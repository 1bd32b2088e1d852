"""What was exported can be imported elsewhere, and exported from there it is the same."""

from pathlib import Path

import pytest

from hansa.domain.exports.models import FileFormat, Kind
from hansa.domain.imports.services.import_file import import_file
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.domain.exports.test_exports import exported
from tests.domain.imports.files import REAL_FILES, real_file

FORMATS = {FileFormat.CSV: "hansa", FileFormat.JSONL: "hansa_jsonl"}


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("name", sorted(path.name for path in REAL_FILES.glob("*.csv")))
def test_products_come_through_export_and_import_unchanged(
    shop: TenantContext, rival: TenantContext, tmp_path: Path, name: str, file_format: FileFormat
) -> None:
    with tenant_scope(shop):
        import_file(real_file(name), file_format="shopify", now=now())
        first = exported(Kind.PRODUCTS, file_format)
    file = tmp_path / "products"
    file.write_bytes(first)
    with tenant_scope(rival):
        summary = import_file(file, file_format=FORMATS[file_format], now=now())
        assert (summary.failed_rows, summary.created > 0) == (0, True)
        assert exported(Kind.PRODUCTS, file_format) == first
