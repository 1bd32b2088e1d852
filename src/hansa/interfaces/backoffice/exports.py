"""Exports in the back office: ask for one, watch it, download it."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin import register
from django.db import transaction as django_transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hansa.domain.exports.models import Export, ExportStatus, FileFormat, Kind
from hansa.domain.exports.selectors import kinds_for, within_sight
from hansa.domain.exports.services.cancel_export import cancel_export
from hansa.domain.exports.services.download_export import download_export
from hansa.domain.exports.services.request_export import request_export
from hansa.domain.work.models import OPEN
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.operations import Operation, OperationsAdmin
from hansa.interfaces.backoffice.reach import authority
from hansa.interfaces.backoffice.site import backoffice
from hansa.interfaces.downloads import Download
from hansa.kernel.errors import NotFound
from hansa.kernel.transactions import transaction

_COLOURS = {"Waiting": "info", "Running": "info", "Done": "success", "Failed": "danger", "Cancelled": "warning"}


class CancelOperation(Operation):
    """It comes to nothing."""

    name, title, button = "cancel", "Cancel", "Cancel the export"
    capability = "exports.run"

    @classmethod
    def is_possible(cls, item: Export) -> bool:
        """Only one that waits or runs."""
        return item.status in OPEN

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows who)
        """Cancel through the service."""
        cancel_export(export_id=self.item.pk, by=self.by, now=now)
        return "The export is cancelled."


class ExportForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """What, and how."""

    class Meta:
        model = Export
        fields = ("kind", "file_format")
        help_texts = {"file_format": "Products as CSV can be changed and imported again."}


@register(Export, site=backoffice)
class ExportAdmin(OperationsAdmin):
    """The exports of what somebody may see, the newest first."""

    form = ExportForm
    list_display = ("kind", "file_format", "state", "progress", "asked_by", "created_at", "file")
    list_display_links = ("kind",)
    list_filter = ("kind", "status")
    ordering = ("-created_at",)
    operations = (CancelOperation,)
    page_template = "backoffice/facts.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Export]:
        """Leave out what the person may not see."""
        exports: QuerySet[Export] = super().get_queryset(request)
        return within_sight(exports, authority(request)).prefetch_related("files")

    def get_urls(self) -> list[URLPattern]:
        """Put the file beside the page."""
        view = django_transaction.non_atomic_requests(self.admin_site.admin_view(self.download))
        return [path("<uuid:object_id>/file/", view, name="exports_export_file"), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  (Django's signature)
        """Whoever may export something asks for it."""
        who = authority(request)
        return who.may("exports.run") and bool(kinds_for(who))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:  # noqa: ANN401, FBT001, FBT002  (Django's signature)
        """Offer only what the person may see."""
        form = super().get_form(request, obj, change=change, **options)
        if "kind" in form.base_fields:
            form.base_fields["kind"].choices = [(kind.value, kind.label) for kind in kinds_for(authority(request))]
        return form

    def save_model(self, request: HttpRequest, obj: Export, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Ask through the service."""
        obj.pk = request_export(kind=Kind(obj.kind), file_format=FileFormat(obj.file_format), by=authority(request)).pk

    def download(self, request: HttpRequest, object_id: Any) -> Download:  # noqa: ANN401  (a UUID)
        """Hand out the file. Raises Http404."""
        with transaction():
            who = authority(request)
        if not who.may("exports.view"):
            raise Http404
        try:
            found = download_export(export_id=object_id, by=who)
        except NotFound as error:
            raise Http404(error.message) from None
        return Download(found.file, name=found.name, media_type=found.media_type)

    @column("Status", ordering="status", label=_COLOURS)
    def state(self, export: Export) -> str:
        """Say how far it is."""
        return str(export.get_status_display())

    @column("Written")
    def progress(self, export: Export) -> str:
        """Say how much of it is done."""
        if export.total_rows is None:
            return "–"
        done = f"{export.processed_rows:,}"
        return done if export.status == ExportStatus.DONE else f"{done} of {export.total_rows:,}"

    @column("File")
    def file(self, export: Any) -> SafeString | str:  # noqa: ANN401  (an export with its files)
        """Lead to the file, as long as it is kept."""
        if not export.files.all():
            return "–"
        address = reverse("admin:exports_export_file", args=[export.pk])
        return format_html('<a class="underline" href="{}">Download</a>', address)

    def page_facts(self, item: Any) -> dict[str, Any]:  # noqa: ANN401  (an export with its files)
        """Return how far it is, and where the file is."""
        kept = next(iter(item.files.all()), None)
        facts: list[tuple[str, Any]] = [
            ("What", item.get_kind_display()),
            ("Format", item.get_file_format_display()),
            ("Status", item.get_status_display()),
            ("Written", self.progress(item)),
            ("Asked by", f"{item.asked_by or '–'}, {item.created_at:%d %b %Y, %H:%M} UTC"),
            ("File", self.file(item)),
        ]
        if kept:
            facts.append(("Kept until", f"{kept.expires_at:%d %b %Y, %H:%M} UTC"))
        if item.last_error:
            facts.append(("What went wrong", item.last_error))
        return {"facts": facts}
