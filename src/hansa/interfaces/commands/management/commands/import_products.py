"""`hansa manage import_products FILE --format shopify --tenant SLUG [--dry-run] [--errors FILE]`."""

import logging
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Self, TextIO, cast

from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from hansa.domain.imports.formats import FORMATS, RowFailure
from hansa.domain.imports.services.failures import ErrorFile, write_failures
from hansa.domain.imports.services.import_file import ImportProgress, ImportSummary, import_file
from hansa.domain.tenants.selectors import get_tenant_by_slug
from hansa.interfaces.commands.operator import OperatorCommand
from hansa.kernel.clock import now
from hansa.kernel.errors import DomainError, Forbidden, NotFound
from hansa.kernel.tenancy import TenantContext, tenant_scope

WRONG_ARGUMENTS = 2
INTERRUPTED = 130  # as shells count: 128 and the signal
_PLAIN_LINE_SECONDS = 5


class Command(OperatorCommand):
    """Import a merchant's product file into a shop."""

    help = (
        "Import a merchant's product file into a shop. A second run of the same file changes nothing, and a run that"
        " was cut off is continued by the same command. Exits with 1 when rows failed or the file was refused, with 130"
        " when Ctrl-C ended it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("file", type=Path, help="the file, as the other shop system exported it")
        parser.add_argument(
            "--format", dest="file_format", choices=sorted(FORMATS), required=True, help="what wrote it"
        )
        parser.add_argument("--tenant", required=True, help="the shop's slug")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
        parser.add_argument("--errors", type=Path, help="where the failed rows go; default: FILE.errors.csv")

    def handle(
        self, *, file: Path, file_format: str, tenant: str, dry_run: bool, errors: Path | None, **_: object
    ) -> None:
        """Import, tell what happened, and exit with 1 when something failed."""
        output = cast("TextIO", self.stdout._out)  # noqa: SLF001  (Django's wrapper adds line ends of its own)
        console = Console(file=output, soft_wrap=True)
        shop = self._shop(tenant)
        error_path = self._error_path(file, errors)
        reached = ImportProgress(0, 0, None)

        def report(progress: ImportProgress) -> None:
            nonlocal reached
            reached = progress
            show(progress)

        try:
            with tenant_scope(shop), _Errors(error_path) as dry_errors, _progress(console) as show:
                summary = import_file(
                    file,
                    file_format=file_format,
                    now=now(),
                    is_dry_run=dry_run,
                    on_progress=report,
                    on_failures=dry_errors.add if dry_run else _keep_in_database,
                )
                if summary.run_id is not None and summary.failed_rows:
                    with error_path.open("w", newline="", encoding="utf-8") as target:
                        write_failures(summary.run_id, summary.header, target)
        except KeyboardInterrupt:
            self._say_interrupted(reached.done_rows, is_dry_run=dry_run)
            sys.exit(INTERRUPTED)
        except DomainError as error:
            raise CommandError(error.message, returncode=1) from error
        except OSError as error:
            message = f"{error.filename or file}: {error.strerror}."
            raise CommandError(message, returncode=1) from error
        self._report(console, summary, shop, error_path)
        if summary.failed_rows:
            sys.exit(1)

    def _error_path(self, file: Path, wanted: Path | None) -> Path:
        """Return where failed rows go: as wanted, else beside the file, else here. Refuses what cannot be."""
        if not file.is_file():
            message = f"There is no file {file}."
            raise CommandError(message, returncode=WRONG_ARGUMENTS)
        path = wanted or file.with_name(f"{file.name}.errors.csv")
        if wanted is None and not os.access(path.parent, os.W_OK):
            path = Path.cwd() / path.name
        if not os.access(path.parent, os.W_OK) or path.resolve() == file.resolve():
            message = f"The failed rows cannot be written to {path}. Name another file with --errors."
            raise CommandError(message, returncode=WRONG_ARGUMENTS)
        return path

    def _shop(self, slug: str) -> TenantContext:
        try:
            return get_tenant_by_slug(slug)
        except (NotFound, Forbidden) as error:
            raise CommandError(error.message, returncode=WRONG_ARGUMENTS) from error

    def _say_interrupted(self, done_rows: int, *, is_dry_run: bool) -> None:
        """Say in one line what is kept and how to go on."""
        # The connection was cut off in the middle of a chunk, which is rolled back; the pool need not tell.
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
        if is_dry_run:
            self.stderr.write("Interrupted. Nothing was written.")
        elif done_rows:
            self.stderr.write(f"Interrupted after row {done_rows + 1:,}. The same command continues there.")
        else:
            self.stderr.write("Interrupted before anything was imported. The same command starts again.")

    def _report(self, console: Console, summary: ImportSummary, shop: TenantContext, error_file: Path) -> None:
        """Say in words what the run did."""
        title = "Dry run: nothing was written" if summary.is_dry_run else f"Imported into {shop.name}"
        table = Table(title=title, title_justify="left", show_header=False)
        table.add_column()
        table.add_column(justify="right")
        for label, number in (
            ("Rows in the file", summary.rows),
            ("Products created", summary.created),
            ("Products updated", summary.updated),
            ("Products that were right already", summary.unchanged),
            ("Rows that failed", summary.failed_rows),
        ):
            table.add_row(label, f"{number:,}")
        table.add_row("Time", f"{summary.seconds:.1f} s")
        console.print(table)
        if summary.failed_rows:
            console.print(
                f"The rows that failed are in {error_file}, each with the reason in its last column."
                " Correct them there and import that file.",
                markup=False,
                highlight=False,
            )


class _Errors:
    """The error file of a dry run, which keeps nothing in the database: opened with the first failed row."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None
        self._errors: ErrorFile | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, header: Sequence[str], failures: Sequence[RowFailure]) -> None:
        """Write rows that failed."""
        if self._errors is None:
            self._file = self._path.open("w", newline="", encoding="utf-8")
            self._errors = ErrorFile(self._file, header)
        self._errors.add(failures)


def _keep_in_database(_header: Sequence[str], _failures: Sequence[RowFailure]) -> None:
    """Do nothing: the run keeps its failed rows itself."""


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[ImportProgress], None]]:
    """Give a function that shows how far the run is: a bar in a terminal, a line now and then elsewhere."""
    pace = _Pace()
    if not console.is_terminal:
        yield lambda progress: _show_line(console, pace, progress)
        return
    columns = (
        *(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("rows")),
        *(TextColumn("{task.fields[pace]} rows/s"), TimeRemainingColumn(), TextColumn("left")),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("Reading", total=None, pace="–")

        def show(progress: ImportProgress) -> None:
            if pace.is_first(progress):
                _say_resumed(bar.console, progress)
            bar.update(
                task,
                description="Importing",
                total=progress.total_rows,
                completed=progress.done_rows,
                pace=f"{pace.rows_per_second(progress):,.0f}",
            )

        yield show


class _Pace:
    """How fast rows go by, those of an earlier run not counted."""

    def __init__(self) -> None:
        self.shown_at = monotonic()
        self._first: ImportProgress | None = None
        self._started = 0.0

    def is_first(self, progress: ImportProgress) -> bool:
        """Whether this is the first report; starts the clock."""
        if self._first is not None:
            return False
        self._first, self._started = progress, monotonic()
        return True

    def rows_per_second(self, progress: ImportProgress) -> float:
        """Return the pace since the first report."""
        done = progress.done_rows - (self._first.done_rows if self._first else 0)
        return done / max(monotonic() - self._started, 0.001)


def _show_line(console: Console, pace: _Pace, progress: ImportProgress) -> None:
    if pace.is_first(progress):
        _say_resumed(console, progress)
    if monotonic() - pace.shown_at < _PLAIN_LINE_SECONDS:
        return
    pace.shown_at = monotonic()
    console.print(
        f"{progress.done_rows:,} of {progress.total_rows:,} rows, {pace.rows_per_second(progress):,.0f} rows/s",
        highlight=False,
    )


def _say_resumed(console: Console, progress: ImportProgress) -> None:
    if progress.resumed_after_row is not None:
        console.print(
            f"An earlier import of this file was cut off: continuing after row {progress.resumed_after_row:,}.",
            highlight=False,
        )
