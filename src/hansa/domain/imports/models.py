"""Runs of imports, and the rows that failed."""

from datetime import UTC, datetime
from typing import ClassVar

from django.db import models

from hansa.domain.work.models import Job, JobStatus
from hansa.kernel.models import TenantForeignKey, TenantOwned

BY_COMMAND = datetime(9999, 1, 1, tzinfo=UTC)
"""When a worker may begin with a run that the command works on: never."""


class ImportStatus(models.TextChoices):
    """How far a run is."""

    PENDING = JobStatus.PENDING.value, "Waiting"
    RUNNING = JobStatus.RUNNING.value, "Running"
    PAUSED = "paused", "Paused"
    CANCELLED = "cancelled", "Cancelled"
    DONE = JobStatus.DONE.value, "Done"
    FAILED = JobStatus.FAILED.value, "Failed"


class ImportRun(Job):
    """One file, read once: by a worker, or by the command, whose file is not ours to keep."""

    Status = ImportStatus

    file_sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=500)
    """What the merchant calls it; never where it lies."""
    file_format = models.CharField(max_length=20)
    file_bytes = models.PositiveBigIntegerField(default=0, db_default=0)
    storage_name = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)
    """Where the upload lies; empty: nowhere (any more)."""
    status = models.CharField(
        max_length=20,
        choices=ImportStatus,
        default=ImportStatus.PENDING,
        db_default=ImportStatus.PENDING,
        editable=False,
    )
    is_dry_run = models.BooleanField(default=False, db_default=False)
    """Everything is checked and nothing is written; the run can be repeated for real."""
    requested_by = models.JSONField(default=dict, db_default={}, editable=False)
    """Whoever asked for it: `kind`, `id` and `label` of an actor."""
    header = models.JSONField(default=list, db_default=[], editable=False)
    """The file's columns, as it writes them."""
    processed_rows = models.PositiveIntegerField(default=0)
    """The checkpoint: rows of the file that are dealt with, the header not counted."""
    total_rows = models.PositiveIntegerField(default=0, db_default=0)
    """0: they are not counted yet."""
    rows_per_second = models.PositiveIntegerField(default=0, db_default=0)
    processed_products = models.PositiveIntegerField(default=0)
    created_products = models.PositiveIntegerField(default=0)
    updated_products = models.PositiveIntegerField(default=0)
    unchanged_products = models.PositiveIntegerField(default=0)
    failed_rows = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "import"
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "file_sha256", "file_format"],
                condition=models.Q(status="running", storage_name=""),
                name="imports_importrun_one_by_command",
            ),
        )

    def __str__(self) -> str:
        """Say which file."""
        return self.file_name

    @property
    def seconds_left(self) -> int | None:
        """How long it will still take; None when nobody can tell."""
        if self.status != ImportStatus.RUNNING or not self.rows_per_second or not self.total_rows:
            return None
        return -(-(self.total_rows - self.processed_rows) // self.rows_per_second)


class ImportFailure(TenantOwned):
    """One row that could not be imported, kept so that it can be corrected and imported again."""

    run = TenantForeignKey(ImportRun, on_delete=models.CASCADE, related_name="kept_failures")
    row = models.PositiveIntegerField()
    """Counted as a spreadsheet counts: the header is row 1."""
    column = models.CharField(max_length=200, blank=True)
    message = models.TextField()
    cells = models.JSONField()
    """The row as it stood in the file, cell by cell."""

    class Meta:
        ordering: ClassVar = ("row", "id")
        indexes = (models.Index(fields=["tenant_id", "run", "row"], name="imports_importfailure_by_run"),)

    def __str__(self) -> str:
        """Say where and what."""
        return f"row {self.row}: {self.message}"
