"""Webhooks in the back office: made, changed, tested, rotated; the secret is shown once."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.admin import register
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from hansa.domain.webhooks.models import MAX_CONCURRENCY, Endpoint
from hansa.domain.webhooks.services.endpoints import (
    MadeEndpoint,
    create_endpoint,
    delete_endpoint,
    rotate_secret,
    update_endpoint,
)
from hansa.domain.webhooks.services.replay import replay_events, send_test
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.operations import Operation, OperationsAdmin
from hansa.interfaces.backoffice.reach import authority
from hansa.interfaces.backoffice.site import backoffice

_OVERLAPS = ((0, "Stop at once"), (3600, "Sign for an hour"), (86_400, "for a day"), (604_800, "for a week"))
_STATES = {"Works": "success", "Fails": "warning", "Disabled": "danger"}


def _filters_of(text: str) -> list[str]:
    return text.replace(",", " ").split()


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """Where to send what."""

    events = forms.CharField(
        initial="order.*",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="One per line: order.paid, order.* for all that begin so, or * for all.",
    )

    class Meta:
        model = Endpoint
        fields = ("url", "description", "events", "concurrency")
        help_texts = {
            "url": "https://…, a public server on port 443 or 8443.",
            "concurrency": f"How many events it is sent at once: 1 to {MAX_CONCURRENCY}.",
        }


class ChangeOperation(Operation):
    """Something else, somewhere else."""

    name, title, button = "change", "Change", "Save"
    capability = "webhooks.edit"
    url = forms.CharField(label="Address", max_length=2000, widget=UnfoldAdminTextInputWidget)
    description = forms.CharField(max_length=200, required=False, widget=UnfoldAdminTextInputWidget)
    events = forms.CharField(widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))
    concurrency = forms.IntegerField(
        label="At the same time", min_value=1, max_value=MAX_CONCURRENCY, widget=UnfoldAdminIntegerFieldWidget
    )

    @classmethod
    def initial_values(cls, item: Endpoint) -> dict[str, Any]:
        """Return what holds."""
        return {
            "url": item.url,
            "description": item.description,
            "events": "\n".join(item.filters),
            "concurrency": item.concurrency,
        }

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows who)
        """Change through the service."""
        changes = {name: self.cleaned_data[name] for name in ("url", "description", "concurrency")}
        filters = _filters_of(self.cleaned_data["events"])
        update_endpoint(endpoint_id=self.item.pk, filters=filters, now=now, **changes)
        return "Saved."


class TryOperation(Operation):
    """Ask whether anybody is there."""

    name, title, button = "test", "Test", "Send a test"
    capability = "webhooks.edit"
    hint = "An event webhook.test, to this webhook alone."

    @classmethod
    def is_possible(cls, item: Endpoint) -> bool:
        """Only where something is sent."""
        return item.is_enabled

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002
        """Send through the service."""
        send_test(endpoint_id=self.item.pk, now=now)
        return "The test is on its way: see its deliveries."


class ReplayOperation(Operation):
    """It was away."""

    name, title, button = "replay", "Replay", "Send again"
    capability = "webhooks.edit"
    hint = "All events after a number of the log that it wants, whether they were sent before or not."
    after = forms.IntegerField(label="After number", min_value=0, max_value=2**62, widget=UnfoldAdminIntegerFieldWidget)

    @classmethod
    def is_possible(cls, item: Endpoint) -> bool:
        """Only where something is sent."""
        return item.is_enabled

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002
        """Replay through the service."""
        replayed = replay_events(endpoint_id=self.item.pk, after=self.cleaned_data["after"], now=now)
        more = f" There is more: go on after {replayed.next_after}." if replayed.next_after else ""
        return f"{replayed.count} events are on their way.{more}"


class RotateOperation(Operation):
    """A new secret for the same server."""

    name, title, button = "rotate", "Rotate the secret", "Make a new secret"
    capability = "webhooks.edit"
    hint = "Until when may the old secret sign as well?"
    overlap = forms.TypedChoiceField(
        label="The old secret", choices=_OVERLAPS, coerce=int, initial=86_400, widget=UnfoldAdminSelectWidget
    )
    made: MadeEndpoint

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002
        """Rotate through the service."""
        overlap = timedelta(seconds=self.cleaned_data["overlap"])
        self.made = rotate_secret(endpoint_id=self.item.pk, overlap=overlap, now=now)
        return ""

    def answer(self, page: OperationsAdmin, request: HttpRequest) -> HttpResponse:
        """Show the secret, this once."""
        return _made(page, request, self.made)


class SwitchOperation(Operation):
    """On, or off."""

    name, title, button = "switch", "Enable or disable", "Switch"
    capability = "webhooks.edit"
    hint = "Disabling gives up what is on its way. What happens meanwhile can be replayed later."

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002
        """Switch through the service."""
        changed = update_endpoint(endpoint_id=self.item.pk, is_enabled=not self.item.is_enabled, now=now)
        return "It is enabled." if changed.is_enabled else "It is disabled."


class RemoveOperation(Operation):
    """Nobody is there any more."""

    name, title, button = "remove", "Delete", "Delete"
    capability = "webhooks.edit"
    hint = "The webhook and the log of what was sent to it are gone for good."
    is_danger = True

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002
        """Delete through the service."""
        delete_endpoint(endpoint_id=self.item.pk)
        return ""

    def answer(self, page: OperationsAdmin, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Show the list: the page is gone."""
        return HttpResponse(status=303, headers={"Location": reverse("admin:webhooks_endpoint_changelist")})


@register(Endpoint, site=backoffice)
class EndpointAdmin(OperationsAdmin):
    """The servers that are told what happens."""

    form = EndpointForm
    list_display = ("url", "description", "state", "last_success_at", "failures")
    list_display_links = ("url",)
    list_filter = ("is_enabled",)
    search_fields = ("url", "description")
    ordering = ("-created_at",)
    operations = (
        *(TryOperation, ChangeOperation, ReplayOperation),
        *(RotateOperation, SwitchOperation, RemoveOperation),
    )
    page_template = "backoffice/facts.html"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  (Django's signature)
        """Whoever may edit webhooks makes them."""
        return authority(request).may("webhooks.edit")

    @column("", label=_STATES)
    def state(self, endpoint: Endpoint) -> str:
        """Show whether it works."""
        if not endpoint.is_enabled:
            return "Disabled"
        return "Fails" if endpoint.failures else "Works"

    def page_facts(self, item: Endpoint) -> dict[str, Any]:
        """Return everything but the secret, which is not shown again."""
        return {
            "facts": [
                ("Status", f"{self.state(item)}. {item.get_disabled_reason_display()}".strip(" .")),
                ("For", item.description or "–"),
                ("Events", "\n".join(item.filters)),
                ("At the same time", item.concurrency),
                ("Last success", _moment(item.last_success_at)),
                ("Failures since", item.failures),
                ("Fails since", _moment(item.failing_since)),
                ("Left alone until", _moment(item.paused_until)),
                ("Old secret signs until", _moment(item.old_secret_until)),
            ]
        }

    def save_model(self, request: HttpRequest, obj: Endpoint, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Make it through the service."""
        made = create_endpoint(
            url=obj.url,
            filters=_filters_of(form.cleaned_data["events"]),
            description=obj.description,
            concurrency=obj.concurrency,
        )
        obj.pk = made.row.pk
        request.made = made  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Endpoint, post_url_continue: str | None = None) -> HttpResponse:  # noqa: ARG002  (Django's signature)
        """Show the secret, this once."""
        return _made(self, request, request.made)  # type: ignore[attr-defined]


def _moment(moment: datetime | None) -> str:
    return f"{moment:%d %b %Y, %H:%M} UTC" if moment else "–"


def _made(page: OperationsAdmin, request: HttpRequest, made: MadeEndpoint) -> HttpResponse:
    """Show the secret in the answer itself: a message would store it in the session."""
    context = page.admin_site.each_context(request) | {
        "title": "Secret of the webhook",
        "opts": page.opts,
        "endpoint": made.row,
        "secret": made.secret,
    }
    return TemplateResponse(request, "backoffice/webhook_made.html", context, headers={"Cache-Control": "no-store"})
