"""What the services refuse, shown where the merchant stands."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from hansa.interfaces.backoffice.reach import check_reach, within_reach
from hansa.kernel.errors import DomainError
from hansa.kernel.transactions import transaction


class Rows(ChangeList):  # type: ignore[misc]  # unfold has no types
    """The rows of a list. A filter by a NUL, which no text of ours holds, finds none instead of failing."""

    def get_queryset(self, *args: Any, **options: Any) -> "QuerySet[Any]":  # noqa: ANN401  (Django's signature)
        """Narrow as the address says."""
        rows: QuerySet[Any] = super().get_queryset(*args, **options)
        has_nul = any("\x00" in value for name, value in self.params.items() if name != SEARCH_VAR)
        return rows.none() if has_nul else rows


class ServiceAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """A page whose writes go through services: a refusal becomes a form error or a message, never a 500."""

    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # one count for each choice of each filter would be too many
    list_per_page = 50
    actions_on_bottom = False
    list_title: ClassVar[str] = ""
    """What the list's window is called; empty: the plural of what is in it."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, under its name instead of "Select … to change"."""
        title = self.list_title or capfirst(str(self.opts.verbose_name_plural))
        page: HttpResponse = super().changelist_view(request, {"title": title, **(extra_context or {})})
        return page

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Save; when a service refuses, undo everything and show the form again with the reason."""
        show: Callable[..., HttpResponse] = super().changeform_view
        try:
            with transaction():
                return show(request, object_id, form_url, extra_context)
        except DomainError as error:
            request.refusal = error  # type: ignore[attr-defined]
            return show(request, object_id, form_url, extra_context)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Read what the person's permission reaches: lists, pages and actions all start here."""
        return within_reach(request, super().get_queryset(request))

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:  # noqa: ANN401, FBT001  (Django's signature)
        """Take what the form says, unless it leads out of the person's reach."""
        item = super().save_form(request, form, change)
        check_reach(request, item)
        return item

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002  (Django's signature)
    ) -> HttpResponse:
        """Show what the audit log tells of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if self.get_object(request, object_id) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return redirect(reverse("admin:audit_auditentry_changelist", query={"about": object_id}))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:  # noqa: ANN401, FBT001, FBT002  (Django's signature)
        """Give the form; on the second way through after a refusal, one that says why."""
        form = super().get_form(request, obj, change=change, **options)
        refusal: DomainError | None = getattr(request, "refusal", None)
        return form if refusal is None else _refused_form(form, refusal)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask before deleting; when the service refuses, or would, say why."""
        try:
            with transaction():
                item = self.get_object(request, object_id)
                if item is not None and self.has_delete_permission(request, item):
                    self.check_deletion(item)
                page: HttpResponse = super().delete_view(request, object_id, extra_context)
                return page
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[object_id]))

    def check_deletion(self, item: Any) -> None:  # noqa: ANN401
        """Raise the domain error for which the service would refuse."""

    def get_deleted_objects(
        self,
        objs: Any,  # noqa: ANN401  (Django's signature)
        request: HttpRequest,  # noqa: ARG002  (Django's signature)
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Name what is deleted; what hangs on it is the service's affair, and may be thousands of rows."""
        return [str(item) for item in objs], {str(self.opts.verbose_name_plural): len(objs)}, set(), []

    def get_actions(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  (Django's signature)
        """Leave out the deletion of many at once, which would go past the services, and all for those who only look."""
        actions = super().get_actions(request, *args, **kwargs) if self.has_change_permission(request) else {}
        actions.pop("delete_selected", None)
        return actions

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:  # noqa: ANN401, ARG002  (Django's signature)
        """Give the rows."""
        return Rows

    def response_action(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse | None:  # noqa: ANN401  (Django's signature)
        """Run the chosen action; what was chosen may be no id at all."""
        try:
            answer: HttpResponse | None = super().response_action(request, *args, **options)
        except ValidationError:
            messages.error(request, "What was chosen is not in this list. Nothing was changed.")
            return None
        return answer

    def run(self, request: HttpRequest, service: Callable[[], int], done: str) -> None:
        """Run a service for many and say in a message how many, or why not."""
        try:
            number = service()
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, done.format(number=number))

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:  # noqa: ANN401, ARG002  (Django's signature)
        """Answer 404 for what this shop does not have, another shop's things included."""
        message = f"There is no {opts.verbose_name} with this id."
        raise Http404(message)


def _refused_form(form: type["forms.ModelForm[Any]"], refusal: DomainError) -> type["forms.ModelForm[Any]"]:
    class RefusedForm(form):  # type: ignore[misc, valid-type]
        def clean(self) -> dict[str, Any]:
            cleaned: dict[str, Any] = super().clean() or {}
            self.add_error(None, refusal.message)
            return cleaned

    return RefusedForm
