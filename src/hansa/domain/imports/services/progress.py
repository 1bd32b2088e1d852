"""Say how far a run is."""

import time
from functools import partial
from uuid import UUID

from django.db import transaction

from hansa.domain.imports.models import ImportRun, ImportStatus
from hansa.domain.imports.registry import progress_listeners
from hansa.domain.imports.types import RunProgress

TOGETHER_SECONDS = 0.2
"""News of a running import that come within this of the last ones are left out; the next ones tell all."""

_told: dict[UUID, float] = {}


def progress_of(run: ImportRun) -> RunProgress:
    """Return how far a run is."""
    return RunProgress(
        status=str(run.status),
        processed_rows=run.processed_rows,
        total_rows=run.total_rows,
        rows_per_second=run.rows_per_second,
        seconds_left=run.seconds_left,
        created=run.created_products,
        updated=run.updated_products,
        unchanged=run.unchanged_products,
        failed=run.failed_rows,
    )


def announce_progress(run: ImportRun) -> None:
    """Tell whoever listens (`registry.py`), as soon as the open transaction is committed; never raises."""
    progress = progress_of(run)
    for listener in progress_listeners() if _is_news(run.id, progress) else ():
        transaction.on_commit(partial(listener, run.id, progress), robust=True)


def _is_news(run_id: UUID, progress: RunProgress) -> bool:
    """Tell whether somebody should hear of it: not of each of many small chunks, but of every other status."""
    if progress.status != ImportStatus.RUNNING:
        _told.pop(run_id, None)
        return True
    now = time.monotonic()
    if _told.get(run_id, -TOGETHER_SECONDS) + TOGETHER_SECONDS > now:
        return False
    _told[run_id] = now
    return True
