"""The audit log in the back office: who changed what, to look at."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.contrib.admin import SimpleListFilter, register
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hansa.domain.audit.models import AuditEntry
from hansa.domain.audit.selectors import about
from hansa.domain.audit.types import object_type_of
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.differences import marked
from hansa.interfaces.backoffice.operations import OperationsAdmin
from hansa.interfaces.backoffice.site import backoffice
from hansa.kernel.models import TenantOwned

_LOG = "admin:audit_auditentry_changelist"
_ACTORS = {
    "staff": "Staff",
    "api_key": "API key",
    "platform": "Platform",
    "customer": "Customer",
    "system": "System",
}
_CHANGES = {"created": "Created", "changed": "Changed", "deleted": "Deleted", "other": "Other than changes"}


@lru_cache
def _models() -> Mapping[str, type[Model]]:
    """Return what the log's kinds of things are."""
    return {object_type_of(model): model for model in apps.get_models() if issubclass(model, TenantOwned)}


class ActorFilter(SimpleListFilter):
    """By the kind of whoever did it."""

    title, parameter_name = "who", "actor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002
        """Give the choices."""
        return list(_ACTORS.items())

    def queryset(self, request: HttpRequest, queryset: "QuerySet[AuditEntry]") -> "QuerySet[AuditEntry]":  # noqa: ARG002
        """Narrow."""
        return queryset.filter(actor_kind=self.value()) if self.value() else queryset


class ChangeFilter(SimpleListFilter):
    """By what was done."""

    title, parameter_name = "what", "change"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002
        """Give the choices."""
        return list(_CHANGES.items())

    def queryset(self, request: HttpRequest, queryset: "QuerySet[AuditEntry]") -> "QuerySet[AuditEntry]":  # noqa: ARG002
        """Narrow."""
        change = self.value()
        if change == "other":
            return queryset.exclude(
                Q(action__endswith=".created") | Q(action__endswith=".changed") | Q(action__endswith=".deleted")
            )
        return queryset.filter(action__endswith=f".{change}") if change in _CHANGES else queryset


class KindFilter(SimpleListFilter):
    """By the kind of thing, of those that the back office has pages for."""

    title, parameter_name = "kind of thing", "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002
        """Give the choices."""
        shown = {kind: model for kind, model in _models().items() if backoffice.is_registered(model)}
        return sorted((kind, str(model._meta.verbose_name).capitalize()) for kind, model in shown.items())

    def queryset(self, request: HttpRequest, queryset: "QuerySet[AuditEntry]") -> "QuerySet[AuditEntry]":  # noqa: ARG002
        """Narrow."""
        return queryset.filter(object_type=self.value()) if self.value() else queryset


class ThingFilter(SimpleListFilter):
    """By one thing: where a page's History leads to. Not offered, only shown while it holds."""

    title, parameter_name = "one thing", "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002
        """Give the one choice that holds."""
        wanted = request.GET.get("about")
        return [(wanted, "It and its parts")] if wanted else []

    def queryset(self, request: HttpRequest, queryset: "QuerySet[AuditEntry]") -> "QuerySet[AuditEntry]":  # noqa: ARG002
        """Narrow."""
        return queryset.filter(about(self.value() or "")) if self.value() else queryset


@register(AuditEntry, site=backoffice)
class AuditAdmin(OperationsAdmin):
    """The entries, the newest first."""

    list_title = "Audit log"
    list_display = ("at", "who", "action", "kind", "thing", "address")
    list_display_links = ("at",)
    list_filter = (ThingFilter, ActorFilter, ChangeFilter, KindFilter, "at")
    search_fields = (
        *("object_label", "actor_label"),
        *("object_id__exact", "request_id__exact", "address__exact"),
    )
    search_help_text = "A name, an e-mail address, or a whole id, request id or network address"
    ordering = ("-seq",)
    page_template = "backoffice/audit_entry.html"

    @column("Who", ordering="actor_label")
    def who(self, entry: AuditEntry) -> str:
        """Show what people call them."""
        return entry.actor_label or _ACTORS.get(entry.actor_kind, entry.actor_kind)

    @column("Kind")
    def kind(self, entry: AuditEntry) -> str:
        """Show what it is."""
        model = _models().get(entry.object_type)
        return str(model._meta.verbose_name).capitalize() if model else entry.object_type

    @column("Thing", ordering="object_label")
    def thing(self, entry: AuditEntry) -> str:
        """Show what people call it."""
        return entry.object_label or entry.object_id

    def page_facts(self, item: AuditEntry) -> dict[str, Any]:
        """Return what changed, side by side, and where to read on."""
        model = _models().get(item.object_type)
        return {
            "title": f"{item.action} {self.thing(item)}".strip(),
            "who_kind": _ACTORS.get(item.actor_kind, item.actor_kind),
            "kind": self.kind(item),
            "link": _page_of(model, item.object_id),
            "history": reverse(_LOG, query={"about": item.object_id}) if item.object_id else "",
            "by_them": reverse(_LOG, query={"actor_id": item.actor_id}) if item.actor_id else "",
            "changes": _changes(model, item.before, item.after),
            "hash": bytes(item.hash or b"").hex(),
        }


def _page_of(model: type[Model] | None, object_id: str) -> str:
    """Return the address of the thing's page, or nothing when it has none or is gone."""
    if model is None or not backoffice.is_registered(model):
        return ""
    try:
        exists = QuerySet(model=model).filter(pk=object_id).exists()
    except (ValidationError, ValueError):
        return ""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[object_id]) if exists else ""


def _changes(
    model: type[Model] | None, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[tuple[str, SafeString, SafeString]]:
    """Return the name of each column that changed, and both its values as HTML."""
    was, now_is = before or {}, after or {}
    titles = {field.column: str(field.verbose_name) for field in model._meta.concrete_fields} if model else {}
    return [
        (titles.get(name, name.replace("_", " ")).capitalize(), *_values(was.get(name), now_is.get(name)))
        for name in sorted(was.keys() | now_is.keys())
    ]


def _values(before: Any, after: Any) -> tuple[SafeString, SafeString]:  # noqa: ANN401  (any JSON)
    old, new = _text(before), _text(after)
    if old and new:
        return marked(old, new)
    return format_html("{}", old), format_html("{}", new)


def _text(value: Any) -> str:  # noqa: ANN401  (any JSON)
    match value:
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case str() | int() | float():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False, indent=2)
