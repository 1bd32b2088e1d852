"""Import runs in the back office: to look at, not to change."""

from django.contrib.admin import register
from unfold.admin import TabularInline

from hansa.domain.imports.models import ImportFailure, ImportRun
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.read_only import ReadOnly
from hansa.interfaces.backoffice.refusals import ServiceAdmin
from hansa.interfaces.backoffice.site import backoffice

_COUNTS = ("processed_rows", "created_products", "updated_products", "unchanged_products", "failed_rows")


class FailureInline(ReadOnly, TabularInline):  # type: ignore[misc]  # unfold has no types
    """The rows that could not be imported."""

    model = ImportFailure
    fields = ("row", "column", "message")
    extra = 0
    per_page = 50
    show_title = False


@register(ImportRun, site=backoffice)
class ImportRunAdmin(ReadOnly, ServiceAdmin):
    """The runs, the newest first."""

    list_display = ("file_name", "state", *_COUNTS, "created_at")
    list_filter = ("status",)
    search_fields = ("file_name",)
    ordering = ("-created_at",)
    inlines = (FailureInline,)
    fields = (("file_name", "file_format", "status"), _COUNTS, ("created_at", "updated_at"))

    @column("Status", ordering="status", label={"Running": "info", "Done": "success"})
    def state(self, run: ImportRun) -> str:
        """Say how far it came."""
        return str(run.get_status_display())
