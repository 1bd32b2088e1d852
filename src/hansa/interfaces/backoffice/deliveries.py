"""What was sent to webhooks, in the back office."""

import json
from datetime import datetime
from typing import Any

from django.contrib.admin import register
from django.db.models import QuerySet
from django.http import HttpRequest

from hansa.domain.webhooks.models import Delivery, DeliveryAttempt
from hansa.domain.webhooks.services.replay import replay_delivery
from hansa.domain.webhooks.services.sign import body_of
from hansa.domain.work.models import JobStatus
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.operations import Operation, OperationsAdmin
from hansa.interfaces.backoffice.site import backoffice

_COLOURS = {"Waiting": "warning", "Next": "warning", "Running": "warning", "Done": "success", "Failed": "danger"}
_SHOWN_ATTEMPTS = 20


class ReplayOperation(Operation):
    """It did not arrive, or was lost there."""

    name, title, button = "replay", "Send again", "Send again"
    capability = "webhooks.edit"

    @classmethod
    def is_possible(cls, item: Delivery) -> bool:
        """Only what is not on its way."""
        return item.status in {JobStatus.DONE, JobStatus.FAILED}

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (a delivery has no actor)
        """Queue through the service."""
        replay_delivery(delivery_id=self.item.pk, now=now)
        return "It is on its way again."


@register(Delivery, site=backoffice)
class DeliveryAdmin(OperationsAdmin):
    """The deliveries, the newest first."""

    list_display = ("event_name", "endpoint", "state", "tries", "last_status_code", "created_at")
    list_display_links = ("event_name",)
    list_select_related = ("endpoint",)
    list_filter = ("status", "endpoint", "created_at")
    search_fields = ("event_name__startswith", "event_id__exact")
    search_help_text = "The beginning of an event's name, or its whole id"
    ordering = ("-created_at", "-id")
    operations = (ReplayOperation,)
    page_template = "backoffice/facts.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Read each with what it tells."""
        deliveries: QuerySet[Delivery] = super().get_queryset(request)
        return deliveries.select_related("endpoint", "event")

    @column("Status", ordering="status", label=_COLOURS)
    def state(self, delivery: Delivery) -> str:
        """Show how far it is."""
        return str(delivery.get_status_display())

    def page_facts(self, item: Delivery) -> dict[str, Any]:
        """Return what was sent, and how each try went."""
        attempts = item.attempts_made.order_by("-at")[:_SHOWN_ATTEMPTS]
        return {
            "facts": [
                ("To", item.endpoint.url),
                ("Status", item.get_status_display()),
                ("Sent", body_of(item)),
                ("Last error", item.last_error or "–"),
                *((f"{one.at:%d %b %Y, %H:%M:%S} UTC", _told(one)) for one in attempts),
            ]
        }


def _told(attempt: DeliveryAttempt) -> str:
    lines = [attempt.error or f"Taken: {attempt.status_code}", f"{attempt.milliseconds} ms"]
    if attempt.response_headers:
        lines.append(json.dumps(attempt.response_headers, ensure_ascii=False))
    return "\n".join([*lines, attempt.response_body]).strip()
