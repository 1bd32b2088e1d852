"""What the shop wrote to people, in the back office."""

from datetime import datetime
from typing import Any

from django.contrib.admin import register

from hansa.domain.notifications.models import Kind, Notification
from hansa.domain.notifications.services.send import send_again
from hansa.domain.orders.models import Order
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.operations import Operation, OperationsAdmin
from hansa.interfaces.backoffice.site import backoffice

_COLOURS = {"Waiting": "warning", "Being sent": "warning", "Sent": "success", "Failed": "danger"}


class SendAgainOperation(Operation):
    """It did not arrive."""

    name, title, button = "send", "Send again", "Send again"
    capability = "orders.edit"

    @classmethod
    def is_possible(cls, item: Notification) -> bool:
        """Nothing is sent twice, and what a letter about an account said is forgotten."""
        is_open = item.status in {Notification.Status.PENDING, Notification.Status.FAILED}
        return is_open and item.kind != Kind.ACCOUNT

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the letter has no actor)
        """Let it be sent."""
        send_again(notification_id=self.item.pk, now=now)
        return "It is tried once more, at once: look again in a moment."


@register(Notification, site=backoffice)
class NotificationAdmin(OperationsAdmin):
    """The letters, the newest first."""

    list_display = ("recipient", "kind", "state", "attempts", "created_at", "sent_at")
    list_display_links = ("recipient",)
    list_filter = ("status", "kind")
    search_fields = ("recipient",)
    ordering = ("-created_at", "-id")
    operations = (SendAgainOperation,)
    page_template = "backoffice/e_mail.html"

    @column("Status", ordering="status", label=_COLOURS)
    def state(self, letter: Notification) -> str:
        """Show how far it is."""
        return str(letter.get_status_display())

    def page_facts(self, item: Notification) -> dict[str, Any]:
        """Return what it is about."""
        about = (item.content or {}).get("order_id", item.object_id)
        return {"order": Order.objects.filter(pk=about).first()}
