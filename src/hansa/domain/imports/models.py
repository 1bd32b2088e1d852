"""Runs of imports, and the rows that failed."""

from typing import ClassVar

from django.db import models

from hansa.kernel.models import TenantForeignKey, TenantOwned, TimestampedModel


class ImportRun(TenantOwned, TimestampedModel):
    """One file, read once."""

    class Status(models.TextChoices):
        """How far it came."""

        RUNNING = "running"
        DONE = "done"

    file_sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=500)
    file_format = models.CharField(max_length=20)
    status = models.CharField(max_length=20, choices=Status, default=Status.RUNNING)
    processed_rows = models.PositiveIntegerField(default=0)
    """The checkpoint: rows of the file that are dealt with, the header not counted."""
    processed_products = models.PositiveIntegerField(default=0)
    created_products = models.PositiveIntegerField(default=0)
    updated_products = models.PositiveIntegerField(default=0)
    unchanged_products = models.PositiveIntegerField(default=0)
    failed_rows = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "file_sha256", "file_format"],
                condition=models.Q(status="running"),
                name="imports_importrun_one_running",
            ),
        )

    def __str__(self) -> str:
        """Say which file."""
        return self.file_name


class ImportFailure(TenantOwned):
    """One row that could not be imported, kept so that it can be corrected and imported again."""

    run = TenantForeignKey(ImportRun, on_delete=models.CASCADE, related_name="failures")
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
