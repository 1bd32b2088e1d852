"""Runs of imports: counts, checkpoints, dry runs, failed rows and the second process."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from hansa.domain.catalog.models import Category, Product, ProductImage, Variant
from hansa.domain.imports.errors import FileNotUtf8, ImportRunning, UnknownHeader
from hansa.domain.imports.formats import RowFailure
from hansa.domain.imports.models import ImportFailure, ImportRun
from hansa.domain.imports.services import importing as module
from hansa.domain.imports.services.failures import write_failures
from hansa.domain.imports.services.import_file import ImportProgress, ImportSummary, import_file
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.imports.files import Row, made_file, real_file


def run(path: Path, **options: Any) -> ImportSummary:
    return import_file(path, file_format="shopify", now=now(), **options)


def outcome(summary: ImportSummary) -> tuple[int, int, int, int]:
    return summary.created, summary.updated, summary.unchanged, summary.failed_rows


def count(*models: Any) -> tuple[int, ...]:
    with transaction():
        return tuple(model.objects.count() for model in models)


def product(number: int, **cells: str) -> Row:
    return {
        "Handle": f"product-{number}",
        "Title": f"Product {number}",
        "Option1 Name": "Size",
        "Option1 Value": "S",
        "Variant Price": "5",
        "Published": "true",
    } | cells


def variant(number: int, size: str, price: str = "6") -> Row:
    return {"Handle": f"product-{number}", "Option1 Value": size, "Variant Price": price}


def error_file(directory: Path, summary: ImportSummary) -> Path:
    assert summary.run_id is not None
    path = directory / "errors.csv"
    with path.open("w", newline="") as file:
        assert write_failures(summary.run_id, summary.header, file) == summary.failed_rows
    return path


def cells(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text())))


@pytest.fixture(autouse=True)
def in_shop(shop: TenantContext) -> Any:
    with tenant_scope(shop):
        yield shop


@pytest.mark.parametrize(
    ("name", "products", "variants", "images"),
    [
        ("shopifypartners-apparel.csv", 20, 22, 20),
        ("shopifypartners-home-and-garden.csv", 20, 21, 21),
        ("shopifypartners-jewelery.csv", 20, 23, 41),
        ("packt-product-data.csv", 20, 21, 21),
    ],
)
def test_a_real_export_is_imported_whole_and_a_second_time_changes_nothing(
    name: str, products: int, variants: int, images: int
) -> None:
    assert outcome(run(real_file(name))) == (products, 0, 0, 0)
    assert count(Product, Variant, ProductImage) == (products, variants, images)
    assert outcome(run(real_file(name))) == (0, 0, products, 0)
    assert count(Product, Variant, ProductImage) == (products, variants, images)


def test_the_rival_notices_nothing(rival: TenantContext) -> None:
    run(real_file("shopifypartners-apparel.csv"))
    with tenant_scope(rival):
        assert count(Product, Variant, ProductImage, Category, ImportRun) == (0, 0, 0, 0, 0)


def test_a_bad_row_never_stops_the_good_ones(tmp_path: Path) -> None:
    path = made_file(
        tmp_path, [product(1), variant(1, "M", "x"), variant(1, "L"), product(2), product(3, Published="?")]
    )
    assert outcome(run(path)) == (2, 0, 0, 2)
    assert count(Product, Variant) == (2, 3)
    with transaction():
        assert list(ImportFailure.objects.values_list("row", "column")) == [(3, "Variant Price"), (6, "Published")]


def test_the_error_file_can_be_corrected_and_imported_again(tmp_path: Path) -> None:
    bad_later_row = variant(1, "M", "x") | {"Handle": ""}
    path = made_file(tmp_path, [product(1), bad_later_row, variant(1, "L"), product(2, Published="?"), variant(2, "M")])
    errors = error_file(tmp_path, run(path))
    assert [row["Handle"] for row in cells(errors)] == ["product-1", "product-2", "product-2"]
    assert cells(errors)[0]["Import error in column"] == "Variant Price"
    corrected = tmp_path / "corrected.csv"
    corrected.write_text(errors.read_text().replace(",x,", ",7,").replace(",?,", ",true,"))
    assert outcome(run(corrected)) == (1, 1, 0, 0)
    assert count(Product, Variant) == (2, 5)


def test_an_error_file_that_fails_again_does_not_grow_columns(tmp_path: Path) -> None:
    first = error_file(tmp_path, run(made_file(tmp_path, [product(1, Published="?")])))
    second = error_file(tmp_path, run(first.rename(tmp_path / "again.csv")))
    assert second.read_text() == (tmp_path / "again.csv").read_text()


def test_a_product_that_the_catalogue_refuses_fails_with_all_its_rows(tmp_path: Path) -> None:
    rows = [product(1, **{"Variant Price": ""}), variant(1, "M", ""), product(2)]
    assert outcome(run(made_file(tmp_path, rows))) == (1, 0, 0, 2)
    with transaction():
        first, second = ImportFailure.objects.all()
    assert (first.row, first.column) == (2, "Variant Price")
    assert "has no price" in first.message
    assert "row 2" in second.message


def test_a_file_without_prices_keeps_the_prices_of_products_that_are_there(tmp_path: Path) -> None:
    run(made_file(tmp_path, [product(1)]))
    without = {name: text for name, text in product(1, Title="Renamed").items() if name != "Variant Price"}
    assert outcome(run(made_file(tmp_path, [without, without | {"Handle": "new"}], name="b.csv"))) == (0, 1, 0, 1)
    with transaction():
        assert Variant.objects.get().price_amount == 500
        assert "no price" in ImportFailure.objects.get().message


def test_a_dry_run_counts_the_same_and_leaves_nothing(tmp_path: Path) -> None:
    failed: list[RowFailure] = []
    rows = [product(1), variant(1, "M", "x"), product(2)]
    path = made_file(tmp_path, rows)
    dry = run(path, is_dry_run=True, on_failures=lambda _, failures: failed.extend(failures))
    assert count(Product, Variant, Category, ImportRun, ImportFailure) == (0, 0, 0, 0, 0)
    assert [failure.row for failure in failed] == [3]
    assert outcome(dry) == outcome(run(path))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"Name,SKU\na,b\n", UnknownHeader),
        (b"Handle,Title,Variant Price\n" + b"a,A,1\n" * 99 + b"b,\xff,1\n", FileNotUtf8),
    ],
)
def test_a_file_that_cannot_be_read_to_its_end_imports_nothing(
    tmp_path: Path, data: bytes, error: type[Exception]
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(data)
    with pytest.raises(error):
        run(path)
    assert count(Product, ImportRun) == (0, 0)


class _Killed(Exception):
    pass


def _kill_at(rows: int) -> Any:
    def stop(progress: ImportProgress) -> None:
        if progress.done_rows >= rows:
            raise _Killed

    return stop


def test_a_run_that_was_cut_off_resumes_after_its_last_chunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_PRODUCTS", 2)
    rows = [row for number in range(6) for row in (product(number), variant(number, "M", "x" if number == 1 else "6"))]
    path = made_file(tmp_path, rows)
    with pytest.raises(_Killed):
        run(path, on_progress=_kill_at(4))
    assert count(Product) == (2,)
    resumed = run(path)
    assert resumed.resumed_after_row == 5
    assert outcome(resumed) == (6, 0, 0, 1)
    assert count(Product, Variant, ImportRun, ImportFailure) == (6, 11, 1, 1)
    assert run(path).resumed_after_row is None


def test_another_file_does_not_resume_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_PRODUCTS", 1)
    with pytest.raises(_Killed):
        run(made_file(tmp_path, [product(1), product(2)]), on_progress=_kill_at(1))
    assert run(made_file(tmp_path, [product(1), product(3)])).resumed_after_row is None


def test_a_run_resumes_in_the_middle_of_a_product_that_is_taken_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hansa.domain.imports.formats.shopify._MAX_ROWS_TOGETHER", 3)
    monkeypatch.setattr(module, "CHUNK_PRODUCTS", 1)
    rows = [product(1), *(variant(1, str(number)) | {"Handle": ""} for number in range(7)), product(2)]
    path = made_file(tmp_path, rows)
    with pytest.raises(_Killed):
        run(path, on_progress=_kill_at(3))
    run(path)
    assert count(Product, Variant) == (2, 9)


def test_a_second_import_into_the_same_shop_is_refused_while_the_first_runs(
    tmp_path: Path, rival: TenantContext
) -> None:
    path = made_file(tmp_path, [product(1)])
    refused = []

    def second(_: ImportProgress) -> None:
        with pytest.raises(ImportRunning) as raised:
            run(path)
        refused.append(raised.value.message)

    assert outcome(run(path, on_progress=second)) == (1, 0, 0, 0)
    assert len(refused) == 2
    assert "Wait until it is done" in refused[0]
    with tenant_scope(rival):
        assert outcome(run(path)) == (1, 0, 0, 0)


def test_rows_of_one_product_may_stand_far_apart(tmp_path: Path) -> None:
    path = made_file(tmp_path, [product(1), product(2), variant(1, "M")])
    assert outcome(run(path)) == (2, 1, 0, 0)
    assert count(Product, Variant) == (2, 3)


def test_progress_goes_from_nothing_to_all_rows(tmp_path: Path) -> None:
    seen: list[ImportProgress] = []
    run(made_file(tmp_path, [product(1), product(2)]), on_progress=seen.append)
    assert [(progress.done_rows, progress.total_rows) for progress in seen] == [(0, 2), (2, 2)]
