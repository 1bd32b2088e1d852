"""Tables of exports."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from hansa.domain.work.models import Job
from hansa.kernel.models import TenantForeignKey, TenantOwned

LANGUAGE_PATTERN = r"^[a-z]{2}(-[a-z]{2})?\Z"
BACKORDER_DAYS = 14
MAX_BACKORDER_DAYS = 365
"""Google takes dates within a year."""
MAX_FEEDS = 100
"""For each of them the whole catalogue is written each hour."""


class Kind(models.TextChoices):
    """What is exported."""

    PRODUCTS = "products", "Products"
    ORDERS = "orders", "Orders"
    CUSTOMERS = "customers", "Customers"
    STOCK = "stock", "Stock"


class FileFormat(models.TextChoices):
    """How it is written down."""

    CSV = "csv", "CSV"
    JSONL = "jsonl", "JSON Lines"
    XLSX = "xlsx", "Excel (XLSX)"


class ExportStatus(models.TextChoices):
    """How far an export is."""

    PENDING = "pending", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class Export(Job):
    """One file that somebody asked for."""

    status = models.CharField(
        max_length=20,
        choices=ExportStatus,
        default=ExportStatus.PENDING,
        db_default=ExportStatus.PENDING,
        editable=False,
    )
    kind = models.CharField(max_length=20, choices=Kind)
    file_format = models.CharField("format", max_length=10, choices=FileFormat, default=FileFormat.CSV)
    asked_by_id = models.UUIDField(editable=False)
    """The staff member, or whoever made the API key."""
    asked_by = models.CharField(max_length=254, blank=True, default="", editable=False)
    """What people call them."""
    total_rows = models.PositiveIntegerField(null=True, editable=False)
    """As counted at the start: products, orders, customers or stock items; each may become several rows."""
    processed_rows = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    """How many of `total_rows` are in the file."""
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="exports_export_kind_known"),
            models.CheckConstraint(condition=Q(file_format__in=FileFormat.values), name="exports_export_format_known"),
        )
        indexes = (models.Index(fields=["tenant_id", "-created_at", "-id"], name="exports_export_by_age"),)

    def __str__(self) -> str:
        """Say what of, and how."""
        return f"{self.get_kind_display()}, {self.get_file_format_display()}"


class ExportFile(TenantOwned):
    """The file of a finished export, as long as it is kept."""

    export = TenantForeignKey(Export, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    """In the private storage."""
    size_bytes = models.BigIntegerField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["tenant_id", "export"], name="exports_exportfile_export"),)

    def __str__(self) -> str:
        """Say which."""
        return self.name


class FeedStatus(models.TextChoices):
    """Whether a feed is written."""

    PENDING = "pending", "On"
    RUNNING = "running", "Being written"
    FAILED = "failed", "Failed"
    OFF = "off", "Off"


class Feed(Job):
    """A Google Merchant feed in one language: a job that begins again an hour after it has ended."""

    status = models.CharField(
        max_length=20, choices=FeedStatus, default=FeedStatus.OFF, db_default=FeedStatus.OFF, editable=False
    )
    language = models.CharField(
        max_length=10,
        validators=[RegexValidator(LANGUAGE_PATTERN, "Write a language as en or pt-br.")],
        help_text="As it stands in the feed's address: en",
    )
    backorder_days = models.PositiveSmallIntegerField(
        "days until back-ordered goods arrive",
        default=BACKORDER_DAYS,
        db_default=BACKORDER_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_BACKORDER_DAYS)],
        help_text="Google wants a date for what is sold before it is here.",
    )
    file_name = models.CharField(max_length=200, blank=True, default="", editable=False)
    """In the private storage; empty: not written yet."""
    file_sha256 = models.CharField(max_length=64, blank=True, default="", editable=False)
    items = models.PositiveIntegerField(default=0, editable=False)
    written_at = models.DateTimeField(null=True, editable=False)
    """When the file last became another one."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "language"], name="exports_feed_language"),
            models.CheckConstraint(
                condition=Q(backorder_days__gte=1, backorder_days__lte=MAX_BACKORDER_DAYS),
                name="exports_feed_backorder_days",
            ),
        )

    def __str__(self) -> str:
        """Say which."""
        return f"Google Merchant, {self.language}"
