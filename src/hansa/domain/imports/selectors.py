"""Reads: which files were imported, and how far."""

import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

from hansa.domain.imports.models import ImportRun, ImportStatus
from hansa.kernel.transactions import transaction


def find_progress(run_id: UUID) -> dict[str, Any] | None:
    """Return how far an import is, as far as it is stored; None: there is no such import."""
    with transaction():
        run = ImportRun.objects.filter(pk=run_id).first()
    if run is None:
        return None
    return {
        "status": run.status,
        "processed_rows": run.processed_rows,
        "total_rows": run.total_rows,
        "rows_per_second": run.rows_per_second,
        "seconds_left": run.seconds_left,
        "created": run.created_products,
        "updated": run.updated_products,
        "failed": run.failed_rows,
    }


def has_imported(path: Path) -> bool:
    """Tell whether this very file was imported to its end into the current tenant."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    with transaction():
        done = ImportRun.objects.filter(file_sha256=sha256, status=ImportStatus.DONE, is_dry_run=False)
        return done.exists()
