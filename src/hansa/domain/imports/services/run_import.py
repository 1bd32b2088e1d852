"""Work on a run, as a job: until the file ends, somebody stops it, or others should have their turn.

Note [Slices]: a worker imports one file for a minute when other shops' files wait, and for ten minutes at
most, less than what Celery allows a task; then the run goes to the end of the queue and somebody continues
it after its last chunk. So does somebody when the worker is killed: each chunk's transaction extends the
lease, and the checkpoint stands in it.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection

from hansa.domain.imports.errors import ImportRunning, UnreadableFile
from hansa.domain.imports.formats import RowFailure
from hansa.domain.imports.models import ImportRun, ImportStatus
from hansa.domain.imports.services.chunks import Chunk, ChunkLimits
from hansa.domain.imports.services.importing import (
    OpenFile,
    count_rows,
    forget_plans,
    keep_checkpoint,
    open_file,
    write_chunk,
)
from hansa.domain.imports.services.notes import note_ended, note_started
from hansa.domain.imports.services.one_at_a_time import one_import_at_a_time
from hansa.domain.imports.services.progress import announce_progress
from hansa.domain.imports.services.reading import ReaderEnded
from hansa.domain.imports.services.uploads import drop_after_commit, local_file
from hansa.domain.work.errors import JobLost, Later
from hansa.domain.work.models import OPEN
from hansa.domain.work.registry import PAUSES, HeldJob
from hansa.domain.work.services.jobs import OFFER_LEASE, extend_lease
from hansa.domain.work.services.stopping import is_stopping
from hansa.kernel import clock
from hansa.kernel.actors import actor_scope
from hansa.kernel.errors import Unavailable
from hansa.kernel.transactions import transaction

FAIR_SLICE_SECONDS = 60.0
"""How long a run may go on while other shops' files wait."""
MOST_SLICE_SECONDS = 600.0
CHUNK_PRODUCTS = 250
CHUNK_ROWS = 1500
"""Half of what the command takes at once: who watches hears of each, and who pauses waits for one."""
_TURN = timedelta(seconds=5)
"""How long a run that made room stays away: whoever waits is taken within a second."""
_AGAIN = timedelta(seconds=2)
"""When a run looks again whether the shop's other import is over."""
_BEAT_SECONDS = 5.0
_ROWS_BETWEEN_LOOKS = 10_000
_AWAY = (Unavailable, OperationalError, InterfaceError)


class ReaderGone(Unavailable):
    """The process that reads was ended, perhaps for want of memory; the run is continued."""

    code = "reader_gone"


def run_import(held: HeldJob) -> None:
    """Work on a run that was started: see Note [Slices]. Raises Later, Unavailable and JobLost.

    Locks: one import per tenant at a time, and in each chunk's transaction the run and the products.
    Events `import.started` at first, `import.finished` or `import.failed` at the end.
    """
    run = _begin(held)
    with _noted(held, run):
        try:
            with (
                one_import_at_a_time(),
                local_file(run.storage_name) as path,
                open_file(path, run.file_format, ChunkLimits(CHUNK_PRODUCTS, CHUNK_ROWS)) as opened,
            ):
                _import(_Slice(held, run), opened)
        except ImportRunning as error:
            raise Later(clock.now() + _AGAIN) from error
        except ReaderEnded as error:
            raise ReaderGone(str(error)) from error
        except JobLost:
            if not _was_stopped(run):
                raise


@contextmanager
def _noted(held: HeldJob, run: ImportRun) -> Iterator[None]:
    """Let the run say why it ended, where nobody can go on with it."""
    try:
        yield
    except (Later, JobLost):
        raise
    except UnreadableFile as error:
        _fail(held, run, error.message)
    except FileNotFoundError:
        _fail(held, run, "The file is not here any more. Send it again.")
    except _AWAY as error:
        if held.failures >= len(PAUSES):
            _fail(held, run, f"A part of the installation does not answer ({error}). Resume the import later.")
        raise
    except Exception as error:
        _fail(held, run, f"Something is wrong on our side ({type(error).__name__}). Resume the import later.")
        raise


class _Slice:
    """What one worker does of a run."""

    def __init__(self, held: HeldJob, run: ImportRun) -> None:
        self.held = held
        self.run = run
        self._first_row = run.processed_rows
        self._began = time.monotonic()
        self._looked = self._began

    def restart_clock(self) -> None:
        """Measure from now on: the rows are counted, and importing begins."""
        self._began = time.monotonic()

    def beat(self, row: int) -> None:
        """Hold on to the run while its rows are counted. Raises JobLost."""
        if row % _ROWS_BETWEEN_LOOKS == 0 and time.monotonic() - self._looked > _BEAT_SECONDS:
            self._looked = time.monotonic()
            extend_lease(self.held, now=clock.now())

    def measure(self) -> None:
        """Note how fast it goes."""
        seconds = max(time.monotonic() - self._began, 0.001)
        self.run.rows_per_second = round((self.run.processed_rows - self._first_row) / seconds)

    def make_room(self) -> None:
        """Raise Later when it is the others' turn."""
        if is_stopping():
            raise Later(clock.now())
        lasted = time.monotonic() - self._began
        if lasted >= MOST_SLICE_SECONDS or (lasted >= FAIR_SLICE_SECONDS and _do_others_wait()):
            raise Later(clock.now() + _TURN)


def _begin(held: HeldJob) -> ImportRun:
    """Return the run, unless an older one of the shop is first. Raises Later."""
    with transaction():
        run = ImportRun.objects.get(id=held.id)
        older = ImportRun.objects.filter(id__lt=run.id, status__in=OPEN).exclude(storage_name="")
        if older.exists():
            raise Later(clock.now() + _AGAIN)
        announce_progress(run)
    return run


def _import(part: _Slice, opened: OpenFile) -> None:
    run, now = part.run, clock.now()
    if not run.total_rows:
        _count(part, opened)
    part.restart_clock()
    for number, chunk in enumerate(opened.chunks(run.processed_rows + 1, now), 1):
        with actor_scope(None), transaction():
            extend_lease(part.held, now=clock.now())
            failures = _write(run, chunk)
            part.measure()
            keep_checkpoint(run, failures)
            announce_progress(run)
        forget_plans(number)
        part.make_room()
    _finish(part.held, run)


def _count(part: _Slice, opened: OpenFile) -> None:
    """Read the file once to its end, so that nothing is imported from one that cannot be read."""
    run = part.run
    run.total_rows = count_rows(opened.source, part.beat)
    run.header = list(opened.source.header)
    with transaction():
        extend_lease(part.held, now=clock.now())
        run.save(update_fields=["total_rows", "header", "updated_at"])
        note_started(run, is_new=True, now=clock.now())
        announce_progress(run)


def _write(run: ImportRun, chunk: Chunk) -> Sequence[RowFailure]:
    """Write a chunk; a dry run takes the products back, and keeps what it learned."""
    with transaction():
        failures = write_chunk(run, chunk, now=clock.now())
        if run.is_dry_run:
            connection.set_rollback(True)
    return failures


def _finish(held: HeldJob, run: ImportRun) -> None:
    run.processed_rows = run.total_rows  # blank rows at the end belong to no chunk
    run.status = ImportStatus.DONE
    with transaction():
        extend_lease(held, now=clock.now())
        if not run.is_dry_run:
            drop_after_commit(run.storage_name)
            run.storage_name = ""
        run.save(update_fields=["processed_rows", "status", "storage_name", "updated_at"])
        note_ended(run, now=clock.now())
        announce_progress(run)


def _fail(held: HeldJob, run: ImportRun, reason: str) -> None:
    """End the run, as nobody can go on with it; what stands in its row counts, not what was tried last."""
    with transaction():
        extend_lease(held, now=clock.now())
        run.refresh_from_db()
        run.status, run.last_error = ImportStatus.FAILED, reason[:2000]
        run.save(update_fields=["status", "last_error", "updated_at"])
        note_ended(run, now=clock.now())
        announce_progress(run)


def _was_stopped(run: ImportRun) -> bool:
    """Tell whether somebody paused or cancelled the run."""
    with transaction():
        status = ImportRun.objects.values_list("status", flat=True).get(id=run.id)
    return status in {ImportStatus.PAUSED, ImportStatus.CANCELLED}


def _do_others_wait() -> bool:
    """Tell whether a file of another shop waits, also one whose news is on its way to a worker."""
    with transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT imports_others_wait(%s)", [clock.now() + OFFER_LEASE])
        (do_wait,) = cursor.fetchone()
    return bool(do_wait)
