"""Product feeds in the back office: switched on by language."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin import register
from django.http import HttpRequest
from django.urls import reverse

from hansa.domain.exports.models import BACKORDER_DAYS, MAX_BACKORDER_DAYS, Feed, FeedStatus
from hansa.domain.exports.services.switch_feed import switch_feed_off, switch_feed_on
from hansa.domain.tenants.selectors import get_shop_address
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.operations import Operation, OperationsAdmin
from hansa.interfaces.backoffice.reach import authority
from hansa.interfaces.backoffice.site import backoffice
from hansa.kernel import clock

_COLOURS = {"On": "success", "Being written": "info", "Failed": "danger", "Off": "warning"}


class OnOperation(Operation):
    """It is written, now and each hour."""

    name, title, button = "on", "Switch on, or write again now", "Write it now"
    capability = "settings.edit"
    backorder_days = forms.IntegerField(
        label="Days until back-ordered goods arrive", min_value=1, max_value=MAX_BACKORDER_DAYS, required=False
    )

    @classmethod
    def initial_values(cls, item: Any) -> dict[str, Any]:  # noqa: ANN401  (a feed)
        """Show what is set."""
        return {"backorder_days": item.backorder_days}

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows who)
        """Switch on through the service."""
        switch_feed_on(language=self.item.language, backorder_days=self.cleaned_data["backorder_days"], now=now)
        return "The feed is written now, and then once an hour."


class OffOperation(Operation):
    """Nobody can fetch it any more."""

    name, title, button = "off", "Switch off", "Switch off"
    capability = "settings.edit"

    @classmethod
    def is_possible(cls, item: Feed) -> bool:
        """Only one that is on."""
        return item.status != FeedStatus.OFF

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows who)
        """Switch off through the service."""
        switch_feed_off(feed_id=self.item.pk, now=now)
        return "The feed is off: its address answers 404."


class FeedForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """Which language, and what Google is told of back-orders."""

    class Meta:
        model = Feed
        fields = ("language", "backorder_days")

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  (Django's signature)
        """Let the days be left out."""
        super().__init__(*args, **options)
        self.fields["backorder_days"].required = False

    def clean_backorder_days(self) -> int:
        """Take the usual number where none is given."""
        return self.cleaned_data["backorder_days"] or BACKORDER_DAYS


@register(Feed, site=backoffice)
class FeedAdmin(OperationsAdmin):
    """The feeds of this shop."""

    form = FeedForm
    list_title = "Product feeds"
    list_display = ("language", "state", "items", "written_at")
    list_display_links = ("language",)
    ordering = ("language",)
    operations = (OnOperation, OffOperation)
    page_template = "backoffice/facts.html"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  (Django's signature)
        """Whoever may change the shop's settings."""
        return authority(request).may("settings.edit")

    def save_model(self, request: HttpRequest, obj: Feed, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Switch it on through the service."""
        obj.pk = switch_feed_on(language=obj.language, backorder_days=obj.backorder_days, now=clock.now()).pk

    @column("Status", ordering="status", label=_COLOURS)
    def state(self, feed: Any) -> str:  # noqa: ANN401  (a feed)
        """Say whether it is written."""
        return str(feed.get_status_display())

    def page_facts(self, item: Any) -> dict[str, Any]:  # noqa: ANN401  (a feed)
        """Return its address, and what is in it."""
        address = get_shop_address().rstrip("/") + reverse("shop:google_feed", args=[item.language])
        facts = [
            ("Address", address),
            ("Status", item.get_status_display()),
            ("Items", f"{item.items:,}; variants without a picture or a price are left out"),
            ("Back-orders", f"arrive within {item.backorder_days} days, Google is told"),
            ("Last changed", f"{item.written_at:%d %b %Y, %H:%M} UTC" if item.written_at else "not written yet"),
        ]
        return {"facts": [*facts, ("What went wrong", item.last_error)] if item.last_error else facts}
