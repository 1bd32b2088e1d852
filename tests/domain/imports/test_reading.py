"""Reading in a process of its own: the same chunks, the same errors, and no process left behind."""

import os
from itertools import product as pairs
from pathlib import Path
from typing import Any

import pytest

from hansa.domain.catalog.models import Product, Variant
from hansa.domain.imports.errors import FileNotUtf8
from hansa.domain.imports.formats import FORMATS
from hansa.domain.imports.services import importing, reading
from hansa.domain.imports.services.chunks import ChunkLimits, read_chunks
from hansa.domain.imports.services.import_file import ImportProgress, import_file
from hansa.domain.imports.services.reading import Job, ReaderEnded, ReaderProcess
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.imports.files import Row, made_file

JOB = Job("shopify", "EUR", 1, ChunkLimits(2, 100), now())


def rows(products: int) -> list[Row]:
    return [
        {
            "Handle": f"product-{number}",
            "Title": f'Tab\there, "{number}"\\N' if size == "S" else "",
            "Option1 Name": "Size",
            "Option1 Value": size,
            "Variant Price": "x" if (number, size) == (3, "M") else "5",
        }
        for number, size in pairs(range(products), "SM")
    ]


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_the_process_gives_the_chunks_that_reading_here_gives(tmp_path: Path) -> None:
    path = made_file(tmp_path, rows(5))
    before = children()
    with path.open("rb") as file, ReaderProcess(file) as reader:
        there = list(reader.chunks(JOB))
        assert children() > before
    assert children() == before
    with path.open("rb") as file:
        here = list(read_chunks(FORMATS["shopify"](file, "EUR").products(), limits=JOB.limits, now=JOB.now))
    assert [chunk.products() for chunk in there] == [chunk.products() for chunk in here]
    assert [(chunk.last_row, chunk.failures) for chunk in there] == [(chunk.last_row, chunk.failures) for chunk in here]
    assert [failure.row for chunk in there for failure in chunk.failures] == [9]


def test_an_error_in_the_process_is_raised_here_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(b"Handle,Title,Variant Price\n" + b"a,A,1\n" * 9 + b"b,\xff,1\n")
    with path.open("rb") as file, ReaderProcess(file) as reader, pytest.raises(FileNotUtf8) as raised:
        list(reader.chunks(JOB))
    assert "byte 0xff in row 11" in raised.value.message


def test_a_process_that_is_killed_is_one_clear_error(tmp_path: Path) -> None:
    path = made_file(tmp_path, rows(5))
    with path.open("rb") as file, ReaderProcess(file) as reader:
        reader._process.kill()  # noqa: SLF001  (somebody else does)
        with pytest.raises(ReaderEnded, match="ended before its time"):
            list(reader.chunks(JOB))


def test_an_import_that_stops_half_way_leaves_no_process_behind(
    shop: TenantContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PROCESS_FROM_BYTES", 0)
    monkeypatch.setattr(importing, "CHUNK_PRODUCTS", 2)
    path = made_file(tmp_path, rows(9))
    before = children()

    def stop(progress: ImportProgress) -> None:
        if progress.done_rows:
            raise KeyboardInterrupt

    with tenant_scope(shop):
        with pytest.raises(KeyboardInterrupt):
            import_file(path, file_format="shopify", now=now(), on_progress=stop)
        assert children() == before
        summary = import_file(path, file_format="shopify", now=now())
        assert (summary.resumed_after_row, summary.created, summary.failed_rows) == (5, 9, 1)
        again = import_file(path, file_format="shopify", now=now())
        assert (again.created, again.updated, again.unchanged) == (0, 0, 9)
        with transaction():
            assert Product.objects.get(source_key="product-7").name == 'Tab\there, "7"\\N'
            assert (Product.objects.count(), Variant.objects.count()) == (9, 17)


def test_the_process_ends_when_the_importing_one_is_killed(tmp_path: Path) -> None:
    import signal
    import subprocess
    import sys

    path = made_file(tmp_path, rows(2))
    program = (
        "from django.conf import settings\n"
        "settings.configure(INSTALLED_APPS=['hansa.domain.tenants', 'hansa.domain.catalog', 'hansa.domain.imports'])\n"
        "import django, sys, time; django.setup()\n"
        f"from {reading.__name__} import ReaderProcess\n"
        "reader = ReaderProcess(open(sys.argv[1], 'rb'))\n"
        "print(reader._process.pid, flush=True); time.sleep(60)\n"
    )
    importing = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)
    assert importing.stdout is not None
    with importing, importing.stdout as printed:
        reader = int(printed.readline())
        importing.send_signal(signal.SIGKILL)
        importing.wait()
    _wait_for_the_end_of(reader)


def _wait_for_the_end_of(process: int) -> None:
    import time

    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        status: Any = Path(f"/proc/{process}/stat")
        try:
            if status.read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except OSError:
            return
        time.sleep(0.01)
    raise AssertionError(process)
