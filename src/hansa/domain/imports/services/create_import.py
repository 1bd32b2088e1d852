"""Take a merchant's file and let a worker import it."""

from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.core.files.base import File

from hansa.domain.imports.errors import TooManyImports, UnknownFormat
from hansa.domain.imports.formats import FORMATS
from hansa.domain.imports.models import ImportRun, ImportStatus
from hansa.domain.imports.services.notes import note_requested, whoever_asks
from hansa.domain.imports.services.progress import announce_progress
from hansa.domain.imports.services.uploads import drop_after_commit, local_file, stored
from hansa.kernel.errors import FieldError
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction

MOST_UNFINISHED = 20
"""Files of one shop that lie in our storage: those that wait, are paused, failed, or were only checked."""
KEPT = timedelta(days=30)
"""After that the file of a run that nobody continued makes room."""
MAX_NAME_CHARACTERS = 200


def create_import(
    *, upload: "File[bytes]", file_name: str, file_format: str, is_dry_run: bool, now: datetime
) -> ImportRun:
    """Store an upload and let a worker import it, or only check it (`is_dry_run`).

    The file is streamed to the storage; its header is read at once, so that a file of another format is
    refused while whoever sent it is still there. Raises UnknownFormat, UnreadableFile,
    ImportFileTooLarge and TooManyImports; nothing is kept then.
    """
    if file_format not in FORMATS:
        message = f"There is no format {file_format[:40]!r}. Choose one of {', '.join(sorted(FORMATS))}."
        raise UnknownFormat(message, errors=(FieldError("format", UnknownFormat.code, message),))
    _refuse_too_many(now)
    with stored(upload) as streamed:
        with local_file(streamed.stored_as) as path, path.open("rb") as file:
            FORMATS[file_format](file, get_current_tenant().currency)
        with transaction():
            run = ImportRun.objects.create(
                file_name=_shown_name(file_name),
                file_format=file_format,
                file_bytes=streamed.bytes,
                file_sha256=streamed.sha256,
                storage_name=streamed.stored_as,
                is_dry_run=is_dry_run,
                requested_by=whoever_asks(),
                available_at=now,
            )
            note_requested(run)
            announce_progress(run)
            wake_workers()
    return run


def _refuse_too_many(now: datetime) -> None:
    """Raise TooManyImports when there are as many files as may be; those that nobody wants any more make room."""
    with transaction():
        kept = ImportRun.objects.exclude(storage_name="")
        ended = kept.exclude(status__in=[ImportStatus.PENDING, ImportStatus.RUNNING]).filter(updated_at__lt=now - KEPT)
        for run in ended.select_for_update(skip_locked=True):
            drop_after_commit(run.storage_name)
            run.storage_name = ""
            run.save(update_fields=["storage_name"])
        number = kept.count()
    if number >= MOST_UNFINISHED:
        message = f"There are {number} unfinished imports already. Cancel one of them, or wait until one is done."
        raise TooManyImports(message)


def _shown_name(file_name: str) -> str:
    """Return the client's name of the file as people see it: no folders, nothing that is not printed."""
    name = PurePosixPath(file_name.replace("\\", "/")).name
    return "".join(character for character in name if character.isprintable())[:MAX_NAME_CHARACTERS] or "upload"
