"""Imports in the back office: send a file, watch it, pause, resume or cancel it, fetch the rows that failed."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import register
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanWidget

from hansa.domain.imports.formats import FORMATS, TITLES
from hansa.domain.imports.models import ImportFailure, ImportRun, ImportStatus
from hansa.domain.imports.services import steer_import
from hansa.domain.imports.services.create_import import create_import
from hansa.domain.imports.services.progress import progress_of
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.operations import Operation, OperationsAdmin
from hansa.interfaces.backoffice.reach import authority
from hansa.interfaces.backoffice.site import backoffice
from hansa.interfaces.error_file import ErrorFileResponse
from hansa.kernel import clock
from hansa.kernel.errors import DomainError
from hansa.kernel.tenancy import get_current_tenant

_CAPABILITY = "imports.run"
_FAILURES_SHOWN = 50
_COLOURS = {
    "Waiting": "warning",
    "Running": "info",
    "Paused": "warning",
    "Cancelled": "danger",
    "Done": "success",
    "Failed": "danger",
}


class UploadForm(forms.Form):
    """A file to import."""

    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        widget=UnfoldAdminFileFieldWidget,
        help_text="As the other shop system exported it: CSV in UTF-8, or JSON Lines.",
    )
    format = forms.ChoiceField(
        label="What wrote it", choices=[(name, TITLES[name]) for name in FORMATS], widget=UnfoldAdminSelectWidget
    )
    dry_run = forms.BooleanField(
        label="Check first",
        required=False,
        widget=UnfoldBooleanWidget,
        help_text="Nothing is written. You see what would happen, and then import the file or not.",
    )


class Steering(Operation):
    """A button beside the progress."""

    capability = _CAPABILITY
    when: ClassVar[tuple[str, ...]]
    """The statuses in which the button is there."""

    @property
    def is_shown(self) -> bool:
        """Whether it makes sense now; the page's script says so later."""
        return self.item.status in self.when


class Pause(Steering):
    """Stop, and go on later."""

    name, title, button = "pause", "Pause", "Pause"
    when = steer_import.PAUSABLE

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows who)
        """Pause through the service."""
        steer_import.pause_import(run_id=self.item.pk)
        return "Paused. Nothing more is imported until you resume."


class Resume(Steering):
    """Go on."""

    name, title, button = "resume", "Resume", "Resume"
    when = steer_import.RESUMABLE

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows who)
        """Resume through the service."""
        steer_import.resume_import(run_id=self.item.pk, now=now)
        return "The import goes on where it was."


class Cancel(Steering):
    """End it."""

    name, title, button, is_danger = "cancel", "Cancel", "Cancel import", True
    when = steer_import.CANCELLABLE

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows who)
        """Cancel through the service."""
        steer_import.cancel_import(run_id=self.item.pk, now=now)
        return "Cancelled. What was imported before stays."


class Start(Steering):
    """Import what was only checked."""

    name, title, button = "start", "Import now", "Import now"
    when = (ImportStatus.DONE,)

    @classmethod
    def is_possible(cls, item: ImportRun) -> bool:
        """Only a dry run has anything left to do."""
        return item.is_dry_run

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows who)
        """Import through the service."""
        steer_import.import_checked_file(run_id=self.item.pk, now=now)
        return "The file is imported now."


@register(ImportRun, site=backoffice)
class ImportRunAdmin(OperationsAdmin):
    """The imports, the newest first."""

    list_display = (
        "file_name",
        "state",
        "progress",
        "created_products",
        "updated_products",
        "failed_rows",
        "created_at",
    )
    list_filter = ("status",)
    search_fields = ("file_name",)
    ordering = ("-created_at", "-id")
    operations = (Pause, Resume, Start, Cancel)
    page_template = "backoffice/import.html"

    @column("Status", ordering="status", label=_COLOURS)
    def state(self, run: ImportRun) -> str:
        """Say how far it came."""
        return str(run.get_status_display())

    @column("Rows")
    def progress(self, run: ImportRun) -> str:
        """Say how many rows are dealt with."""
        total = f" of {run.total_rows:,}" if run.total_rows and run.processed_rows < run.total_rows else ""
        return f"{run.processed_rows:,}{total}{', only checked' if run.is_dry_run else ''}"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  (Django's signature)
        """Files are sent by those who may import."""
        return authority(request).may(_CAPABILITY)

    def get_urls(self) -> list[URLPattern]:
        """Put the progress and the failed rows beside the page."""
        at, name = "<path:object_id>/", f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path(f"{at}progress/", view(self.tell_progress), name=f"{name}_progress"),
            path(f"{at}errors/", view(self.send_errors), name=f"{name}_errors"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:  # noqa: ANN401, ARG002  (Django's signature)
        """Take a file."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            run = _create(form)
            if run is not None:
                messages.success(request, "The file is here. You need not wait: the import goes on without you.")
                return redirect(reverse("admin:imports_importrun_change", args=[run.pk]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Import products",
            "form": form,
            "currency": get_current_tenant().currency,
        }
        return TemplateResponse(request, "backoffice/import_upload.html", context, status=422 if form.errors else 200)

    def tell_progress(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answer how far it is, as the socket does, for browsers without one."""
        run = self._item(request, object_id)
        return JsonResponse({"type": "progress", **asdict(progress_of(run))}, headers={"Cache-Control": "no-store"})

    def send_errors(self, request: HttpRequest, object_id: str) -> ErrorFileResponse:
        """Send the rows that failed."""
        return ErrorFileResponse(self._item(request, object_id))

    def page_facts(self, item: ImportRun) -> dict[str, Any]:
        """Return what the page shows."""
        failures = ImportFailure.objects.filter(run=item).order_by("row", "id")[:_FAILURES_SHOWN]
        return {
            "progress": progress_of(item),
            "format_title": TITLES.get(item.file_format, item.file_format),
            "asked_by": item.requested_by.get("label", ""),
            "failures": list(failures),
            "statuses": dict(ImportStatus.choices),
            "at": reverse("admin:imports_importrun_change", args=[item.pk]).removesuffix("change/"),
        }


def _create(form: UploadForm) -> ImportRun | None:
    """Create the import; None when it was refused, and the form says why."""
    given = form.cleaned_data
    try:
        return create_import(
            upload=given["file"],
            file_name=given["file"].name,
            file_format=given["format"],
            is_dry_run=given["dry_run"],
            now=clock.now(),
        )
    except DomainError as error:
        form.add_error("file", error.message)
        return None
