"""The log of events in the back office: what happened, and what nobody could handle."""

import json
from datetime import datetime
from typing import Any

from django.contrib.admin import register

from hansa.domain.events.models import Event
from hansa.domain.events.services.retry import retry_events
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.operations import Operation, OperationsAdmin
from hansa.interfaces.backoffice.site import backoffice

_COLOURS = {"Pending": "warning", "Done": "success", "Failed": "danger"}


class RetryOperation(Operation):
    """What was wrong is mended."""

    name, title, button = "retry", "Handle again", "Handle again"
    capability = "events.edit"
    hint = "Those who are through with it already are not asked again."

    @classmethod
    def is_possible(cls, item: Event) -> bool:
        """Only what was given up."""
        return item.status == Event.Status.FAILED

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the log has no actor)
        """Retry through the service."""
        retry_events([self.item.pk], now=now)
        return "It is handled again, in a moment."


@register(Event, site=backoffice)
class EventAdmin(OperationsAdmin):
    """The log, the newest first."""

    list_title = "Events"
    list_display = ("sequence", "name", "state", "attempts", "occurred_at")
    list_display_links = ("sequence", "name")
    list_filter = ("status", "occurred_at")
    search_fields = ("name__startswith", "aggregate_id__exact", "id__exact")
    search_help_text = "The beginning of a name, as order., or a whole id"
    ordering = ("-position",)
    operations = (RetryOperation,)
    page_template = "backoffice/facts.html"

    @column("Status", ordering="status", label=_COLOURS)
    def state(self, event: Event) -> str:
        """Show whether its handlers are through."""
        return str(event.get_status_display())

    def page_facts(self, item: Event) -> dict[str, Any]:
        """Return everything."""
        return {
            "facts": [
                ("Number", item.sequence),
                ("What", item.name),
                ("When", f"{item.occurred_at:%d %b %Y, %H:%M:%S} UTC"),
                ("Of", item.aggregate_id),
                ("Id", item.pk),
                ("Says", json.dumps(item.payload, ensure_ascii=False, indent=2)),
                ("Status", item.get_status_display()),
                ("Attempts", item.attempts),
                ("Last error", item.last_error or "–"),
            ]
        }
