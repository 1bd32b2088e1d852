"""What is told of a run: an entry of the audit log, and an event for whoever reacts."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from hansa.domain.audit.services import record as audit
from hansa.domain.events.services.record import record
from hansa.domain.imports.models import ImportRun, ImportStatus
from hansa.domain.imports.services.importing import COUNTS
from hansa.kernel.actors import find_current_actor

_EVENTS = {
    ImportStatus.DONE: "import.finished",
    ImportStatus.FAILED: "import.failed",
    ImportStatus.CANCELLED: "import.cancelled",
}
_ASKER = ("kind", "id", "label")


def whoever_asks() -> dict[str, str]:
    """Return who acts, as a run keeps it."""
    actor = find_current_actor()
    return {} if actor is None else {name: value for name, value in asdict(actor).items() if name in _ASKER}


def note_requested(run: ImportRun) -> None:
    """Say that somebody sent a file. Needs the caller's transaction."""
    _audit("import.requested", run, {"file_bytes": run.file_bytes, "is_dry_run": run.is_dry_run})


def note_steered(run: ImportRun, action: str) -> None:
    """Say that somebody paused, resumed or repeated a run (`import.paused`). Needs the caller's transaction."""
    _audit(action, run, {"processed_rows": run.processed_rows, "is_dry_run": run.is_dry_run})


def note_started(run: ImportRun, *, is_new: bool, now: datetime) -> None:
    """Say that a run begins, or goes on; event `import.started`. Needs the caller's transaction."""
    _audit("import.started" if is_new else "import.continued", run, {"processed_rows": run.processed_rows})
    if is_new:
        record("import.started", aggregate_id=run.id, payload=_payload(run), now=now)


def note_ended(run: ImportRun, *, now: datetime) -> None:
    """Say how a run ended; event `import.finished`, `import.failed` or `import.cancelled`.

    Its payload has the counts and who asked. Needs the caller's transaction.
    """
    name = _EVENTS[ImportStatus(run.status)]
    numbers = {number: getattr(run, number) for number in ("processed_rows", *COUNTS)}
    # Its start was entered as import.started, its end as import.ended, since there are imports.
    _audit("import.ended" if run.status == ImportStatus.DONE else name, run, numbers | {"reason": run.last_error})
    record(name, aggregate_id=run.id, payload=_payload(run), now=now)


def _audit(action: str, run: ImportRun, after: dict[str, Any]) -> None:
    audit.record(
        action=action,
        object_type="import_run",
        object_id=run.id,
        label=run.file_name,
        after={"file_sha256": run.file_sha256, "file_format": run.file_format, **after},
    )


def _payload(run: ImportRun) -> dict[str, Any]:
    return {
        "import_id": str(run.id),
        "file_name": run.file_name,
        "file_format": run.file_format,
        "is_dry_run": run.is_dry_run,
        "processed_rows": run.processed_rows,
        "total_rows": run.total_rows,
        "created": run.created_products,
        "updated": run.updated_products,
        "unchanged": run.unchanged_products,
        "failed": run.failed_rows,
        "reason": run.last_error,
        "requested_by": run.requested_by,
    }
