"""API keys in the back office: made, rotated and revoked; the secret is shown once."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.admin import register
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminSelectWidget

from hansa.domain.staff.models import ApiKey
from hansa.domain.staff.services.api_keys import MadeKey, make_api_key, revoke_api_key, rotate_api_key
from hansa.domain.staff.types import CAPABILITIES
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.operations import Operation, OperationsAdmin
from hansa.interfaces.backoffice.reach import authority
from hansa.interfaces.backoffice.site import backoffice
from hansa.interfaces.backoffice.staff import Ticks, capability_choices
from hansa.kernel import clock

_OVERLAPS = ((0, "Stop at once"), (3600, "Work on for an hour"), (86_400, "for a day"), (604_800, "for a week"))


class RotateOperation(Operation):
    """A new secret for the same integration."""

    name, title, button = "rotate", "Rotate", "Make the successor"
    capability = "api_keys.edit"
    hint = "You get a new key with the same scopes. Until when may the old one work on?"
    overlap = forms.TypedChoiceField(
        label="The old key", choices=_OVERLAPS, coerce=int, initial=86_400, widget=UnfoldAdminSelectWidget
    )
    made: MadeKey

    @classmethod
    def is_possible(cls, item: ApiKey) -> bool:
        """Only one that works, and was not rotated yet."""
        return _state(item) == "Active" and item.replaced_by_id is None

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows who)
        """Rotate through the service."""
        overlap = timedelta(seconds=self.cleaned_data["overlap"])
        self.made = rotate_api_key(key_id=self.item.pk, overlap=overlap, by=self.by, now=now)
        return ""

    def answer(self, page: OperationsAdmin, request: HttpRequest) -> HttpResponse:
        """Show the secret, this once."""
        return _made(page, request, self.made)


class RevokeOperation(Operation):
    """It is worthless from now on."""

    name, title, button = "revoke", "Revoke", "Revoke"
    capability = "api_keys.edit"
    hint = "Whatever uses it is refused from the next request on. This cannot be undone."
    is_danger = True

    @classmethod
    def is_possible(cls, item: ApiKey) -> bool:
        """Only one that works."""
        return _state(item) == "Active"

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows who)
        """Revoke through the service."""
        revoke_api_key(key_id=self.item.pk, by=self.by, now=now)
        return f"The key {self.item} is revoked."


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """What it is for, and what it may do."""

    scopes = forms.MultipleChoiceField(choices=capability_choices, widget=Ticks, label="May")

    class Meta:
        model = ApiKey
        fields = ("name", "scopes", "expires_at")
        help_texts = {"name": "What uses it: our ERP.", "expires_at": "Empty: until it is revoked."}


@register(ApiKey, site=backoffice)
class ApiKeyAdmin(OperationsAdmin):
    """The keys of integrations."""

    form = ApiKeyForm
    list_display = ("name", "prefix", "state", "made_by", "last_used_at", "expires_at")
    list_display_links = ("name",)
    list_select_related = ("made_by",)
    search_fields = ("name", "prefix")
    ordering = ("-created_at",)
    operations = (RotateOperation, RevokeOperation)
    page_template = "backoffice/facts.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        """Read each with its maker."""
        keys: QuerySet[ApiKey] = super().get_queryset(request)
        return keys.select_related("made_by", "replaced_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  (Django's signature)
        """Whoever may edit keys makes them."""
        return authority(request).may("api_keys.edit")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:  # noqa: ANN401, FBT001, FBT002  (Django's signature)
        """Offer only what the person may do: a key is never wider than its maker."""
        form = super().get_form(request, obj, change=change, **options)
        if "scopes" in form.base_fields:
            who = authority(request)
            form.base_fields["scopes"].choices = [pair for pair in capability_choices() if who.may(pair[0])]
        return form

    @column("", label={"Active": "success", "Revoked": "danger", "Expired": "warning"})
    def state(self, key: ApiKey) -> str:
        """Show whether it works."""
        return _state(key)

    def page_facts(self, item: ApiKey) -> dict[str, Any]:
        """Return everything but the secret, which nobody has."""
        return {
            "facts": [
                ("Begins with", item.prefix),
                ("Status", _state(item)),
                ("May", "\n".join(CAPABILITIES.get(scope, scope) for scope in item.scopes)),
                ("Made by", f"{item.made_by}, {item.created_at:%d %b %Y, %H:%M} UTC"),
                ("Last used", f"{item.last_used_at:%d %b %Y, %H:%M} UTC" if item.last_used_at else "never"),
                ("Good until", f"{item.expires_at:%d %b %Y, %H:%M} UTC" if item.expires_at else "it is revoked"),
                ("Replaced by", item.replaced_by.prefix if item.replaced_by else "–"),
            ]
        }

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Make it through the service."""
        made = make_api_key(
            name=obj.name,
            scopes=form.cleaned_data["scopes"],
            by=authority(request),
            now=clock.now(),
            expires_at=obj.expires_at,
        )
        obj.pk = made.row.pk
        request.made = made  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:  # noqa: ARG002  (Django's signature)
        """Show the secret, this once."""
        return _made(self, request, request.made)  # type: ignore[attr-defined]


def _state(key: ApiKey) -> str:
    if key.revoked_at:
        return "Revoked"
    return "Expired" if key.expires_at and key.expires_at <= clock.now() else "Active"


def _made(page: OperationsAdmin, request: HttpRequest, made: MadeKey) -> HttpResponse:
    """Show the secret in the answer itself: a message would store it in the session."""
    context = page.admin_site.each_context(request) | {
        "title": "API key made",
        "opts": page.opts,
        "key": made.row,
        "secret": made.secret,
    }
    return TemplateResponse(request, "backoffice/api_key_made.html", context, headers={"Cache-Control": "no-store"})
