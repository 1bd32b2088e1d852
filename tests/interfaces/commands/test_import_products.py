"""`hansa manage import_products`, as a merchant's administrator types it."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from hansa.kernel.tenancy import TenantContext
from tests.domain.imports.files import made_file, real_file

GOOD = {"Handle": "mug", "Title": "Mug", "Variant Price": "5"}
BAD = {"Handle": "jug", "Title": "Jug", "Variant Price": "five"}


def command(file: Path, shop: TenantContext, **options: Any) -> tuple[str, int]:
    """Run the command; returns what it printed and its exit status."""
    output = io.StringIO()
    try:
        call_command("import_products", str(file), file_format="shopify", tenant=shop.slug, stdout=output, **options)
    except SystemExit as exit_:
        return output.getvalue(), int(exit_.code or 0)
    return output.getvalue(), 0


def line(printed: str, label: str) -> str:
    (found,) = (line for line in printed.splitlines() if label in line)
    return found


def test_a_real_export_is_imported_and_the_summary_says_so(shop: TenantContext) -> None:
    printed, status = command(real_file("shopifypartners-jewelery.csv"), shop)
    assert status == 0
    assert f"Imported into {shop.name}" in printed
    assert "20" in line(printed, "Products created")
    assert "0" in line(printed, "Rows that failed")
    printed, status = command(real_file("shopifypartners-jewelery.csv"), shop)
    assert "20" in line(printed, "Products that were right already")


@pytest.mark.parametrize("dry_run", [False, True])
def test_rows_that_failed_are_written_beside_the_file_and_the_status_is_1(
    *, shop: TenantContext, tmp_path: Path, dry_run: bool
) -> None:
    printed, status = command(made_file(tmp_path, [GOOD, BAD]), shop, dry_run=dry_run)
    errors = tmp_path / "made.csv.errors.csv"
    assert status == 1
    assert str(errors) in printed
    header, row = errors.read_text().splitlines()
    assert header == "Handle,Title,Variant Price,Import error in column,Import error"
    assert row.startswith("jug,Jug,five,Variant Price,")


def test_the_error_file_can_have_another_name(shop: TenantContext, tmp_path: Path) -> None:
    command(made_file(tmp_path, [BAD]), shop, errors=tmp_path / "mine.csv")
    assert (tmp_path / "mine.csv").exists()
    assert not (tmp_path / "made.csv.errors.csv").exists()


def test_no_error_file_is_written_when_no_row_failed(shop: TenantContext, tmp_path: Path) -> None:
    command(made_file(tmp_path, [GOOD]), shop)
    assert [path.name for path in tmp_path.iterdir()] == ["made.csv"]


def test_a_refused_file_is_one_clear_error_with_status_1(shop: TenantContext, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("Handle,Title\n".encode("utf-16"))
    with pytest.raises(CommandError, match="UTF-16") as raised:
        command(path, shop)
    assert raised.value.returncode == 1


def test_an_unknown_tenant_or_file_is_a_wrong_argument_with_status_2(shop: TenantContext, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file") as raised:
        command(tmp_path / "none.csv", shop)
    assert raised.value.returncode == 2
    nobody = TenantContext(shop.id, "nobody", "Nobody", "EUR")
    with pytest.raises(CommandError, match="There is no tenant 'nobody'") as raised:
        command(made_file(tmp_path, [GOOD]), nobody)
    assert raised.value.returncode == 2


def test_failed_rows_never_overwrite_the_file_itself(shop: TenantContext, tmp_path: Path) -> None:
    path = made_file(tmp_path, [BAD])
    with pytest.raises(CommandError, match="--errors") as raised:
        command(path, shop, errors=path)
    assert raised.value.returncode == 2
    assert "jug" in path.read_text()
