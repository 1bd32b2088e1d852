"""Import runs in the back office: to look at, not to change."""

from typing import Any

from django.contrib.admin import register
from django.http import HttpRequest
from unfold.admin import TabularInline

from hansa.domain.imports.models import ImportFailure, ImportRun
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.refusals import ServiceAdmin
from hansa.interfaces.backoffice.site import backoffice

_COUNTS = ("processed_rows", "created_products", "updated_products", "unchanged_products", "failed_rows")


class _ReadOnly:
    """Staff look at what a run did; only imports write it."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  (Django's signature)
        """Nothing is added by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  (Django's signature)
        """Nothing is changed by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  (Django's signature)
        """Nothing is deleted by hand."""
        return False


class FailureInline(_ReadOnly, TabularInline):  # type: ignore[misc]  # unfold has no types
    """The rows that could not be imported."""

    model = ImportFailure
    fields = ("row", "column", "message")
    extra = 0
    per_page = 50
    show_title = False


@register(ImportRun, site=backoffice)
class ImportRunAdmin(_ReadOnly, ServiceAdmin):
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
