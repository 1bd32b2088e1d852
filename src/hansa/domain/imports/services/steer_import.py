"""Pause, resume, cancel and repeat a run.

Note [The run's lock]: a worker locks the run's row for the whole transaction of a chunk, and first makes sure
that it still holds the run. So whoever pauses or cancels waits for the chunk that is being written, and when
the answer is there, nothing more of the file is written.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hansa.domain.imports.errors import ImportNotFound, ImportNotPossible
from hansa.domain.imports.models import ImportFailure, ImportRun, ImportStatus
from hansa.domain.imports.services.importing import COUNTS
from hansa.domain.imports.services.notes import note_ended, note_steered, whoever_asks
from hansa.domain.imports.services.progress import announce_progress
from hansa.domain.imports.services.uploads import drop_after_commit
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.transactions import requires_transaction, transaction

_OPEN = (ImportStatus.PENDING, ImportStatus.RUNNING)
PAUSABLE = _OPEN
CANCELLABLE = (*_OPEN, ImportStatus.PAUSED, ImportStatus.FAILED)
RESUMABLE = (ImportStatus.PAUSED, ImportStatus.FAILED)


def pause_import(*, run_id: UUID) -> ImportRun:
    """Stop a run after the chunk that is being written; `resume_import` goes on there.

    Raises ImportNotFound, ImportNotPossible. Locks the run: Note [The run's lock].
    """
    with transaction():
        run = _lock(run_id, PAUSABLE, "paused")
        run.status = ImportStatus.PAUSED
        run.save(update_fields=["status", "updated_at"])
        note_steered(run, "import.paused")
        announce_progress(run)
    return run


def resume_import(*, run_id: UUID, now: datetime) -> ImportRun:
    """Let a paused or failed run go on after the last chunk that was written.

    Raises ImportNotFound, ImportNotPossible. Locks the run.
    """
    with transaction():
        run = _lock(run_id, RESUMABLE, "resumed")
        _wait_for_worker(run, now)
        note_steered(run, "import.resumed")
    return run


def cancel_import(*, run_id: UUID, now: datetime) -> ImportRun:
    """End a run after the chunk that is being written: what is imported stays, the file goes.

    Raises ImportNotFound, ImportNotPossible. Locks the run: Note [The run's lock]. Event `import.cancelled`.
    """
    with transaction():
        run = _lock(run_id, CANCELLABLE, "cancelled")
        drop_after_commit(run.storage_name)
        run.status, run.storage_name = ImportStatus.CANCELLED, ""
        run.save(update_fields=["status", "storage_name", "updated_at"])
        note_ended(run, now=now)
        announce_progress(run)
    return run


def import_checked_file(*, run_id: UUID, now: datetime) -> ImportRun:
    """Import for real the file that a dry run has checked; its counts begin anew.

    Raises ImportNotFound, ImportNotPossible. Locks the run.
    """
    with transaction():
        run = _lock(run_id, (ImportStatus.DONE,), "imported")
        # Only a dry run keeps its file when it is done.
        ImportFailure.objects.filter(run=run).delete()
        run.is_dry_run, run.processed_rows, run.total_rows, run.requested_by = False, 0, 0, whoever_asks()
        for count in COUNTS:
            setattr(run, count, 0)
        run.save(update_fields=["is_dry_run", "processed_rows", "total_rows", "requested_by", *COUNTS])
        _wait_for_worker(run, now)
        note_steered(run, "import.repeated")
    return run


@requires_transaction
def _lock(run_id: UUID, allowed: Collection[ImportStatus], participle: str) -> ImportRun:
    run = ImportRun.objects.select_for_update().filter(id=run_id).first()
    if run is None:
        message = "There is no such import."
        raise ImportNotFound(message)
    if run.status not in allowed:
        message = f"The import is {run.get_status_display().lower()}, so it cannot be {participle}."
        raise ImportNotPossible(message)
    if not run.storage_name:
        message = f"The file is not here any more, so the import cannot be {participle}. Send the file again."
        if run.status == ImportStatus.RUNNING:
            message = "Somebody imports this file with the command. It ends with Ctrl-C, where it runs."
        raise ImportNotPossible(message)
    return run


@requires_transaction
def _wait_for_worker(run: ImportRun, now: datetime) -> None:
    run.status, run.available_at, run.failures, run.last_error = ImportStatus.PENDING, now, 0, ""
    run.rows_per_second = 0
    run.save(update_fields=["status", "available_at", "failures", "last_error", "rows_per_second", "updated_at"])
    announce_progress(run)
    wake_workers()
