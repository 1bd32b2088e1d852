"""The platform's access in the back office: the shop sees who looked in, why, and can end it."""

from datetime import datetime
from typing import Any

from django.contrib.admin import register
from django.db.models import QuerySet
from django.http import HttpRequest

from hansa.domain.staff.models import SupportGrant
from hansa.domain.staff.services.support import end_support_grant
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.operations import Operation, OperationsAdmin
from hansa.interfaces.backoffice.site import backoffice
from hansa.kernel import clock


class EndOperation(Operation):
    """They see nothing any more."""

    name, title, button = "end", "End the access", "End it now"
    capability = "staff.edit"
    is_danger = True

    @classmethod
    def is_possible(cls, item: SupportGrant) -> bool:
        """Only while it lasts."""
        return _state(item) in {"Open", "Not used yet"}

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows who)
        """End through the service."""
        end_support_grant(grant_id=self.item.pk, now=now)
        return "The access is ended."


@register(SupportGrant, site=backoffice)
class SupportGrantAdmin(OperationsAdmin):
    """When somebody of the platform could look into this shop."""

    list_display = ("user", "reason", "state", "created_at", "expires_at")
    list_display_links = ("reason",)
    list_select_related = ("user",)
    ordering = ("-created_at",)
    operations = (EndOperation,)
    page_template = "backoffice/facts.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[SupportGrant]:
        """Read each with the person."""
        grants: QuerySet[SupportGrant] = super().get_queryset(request)
        return grants.select_related("user")

    @column("", label={"Open": "info", "Not used yet": "warning", "Ended": "success", "Over": "success"})
    def state(self, grant: SupportGrant) -> str:
        """Show whether it lasts."""
        return _state(grant)

    def page_facts(self, item: SupportGrant) -> dict[str, Any]:
        """Return all of it."""
        return {
            "title": "Support access",
            "facts": [
                ("Who", item.user.email),
                ("Why", item.reason),
                ("Status", _state(item)),
                ("May", "\n".join(item.capabilities)),
                ("Given", f"{item.created_at:%d %b %Y, %H:%M} UTC"),
                ("Good until", f"{item.expires_at:%d %b %Y, %H:%M} UTC"),
            ],
        }


def _state(grant: SupportGrant) -> str:
    if grant.ended_at:
        return "Ended"
    if grant.expires_at <= clock.now():
        return "Over"
    return "Open" if grant.used_at else "Not used yet"
