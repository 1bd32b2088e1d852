"""Pictures that products name by URL: which are ours by now, and which cannot be fetched."""

from datetime import datetime
from typing import Any

from django.contrib.admin import register

from hansa.domain.catalog.models import Picture, PictureStatus
from hansa.domain.catalog.services.fetch_picture import retry_pictures
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.operations import Operation, OperationsAdmin
from hansa.interfaces.backoffice.site import backoffice

_COLOURS = {"Waiting": "info", "Being fetched": "info", "Ours": "success", "Failed": "danger"}


class RetryOperation(Operation):
    """It is fetched again."""

    name, title, button = "retry", "Try again", "Fetch it again"
    capability = "catalog.edit"

    @classmethod
    def is_possible(cls, item: Picture) -> bool:
        """Only one that failed."""
        return item.status == PictureStatus.FAILED

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the same for everybody)
        """Retry through the service."""
        retry_pictures(picture_ids=[self.item.pk])
        return "The picture is fetched again in a moment."


@register(Picture, site=backoffice)
class PictureAdmin(OperationsAdmin):
    """The pictures, those that failed last first."""

    list_title = "Pictures by URL"
    list_display = ("url", "state", "last_error", "updated_at")
    list_display_links = ("url",)
    list_filter = ("status",)
    search_fields = ("url",)
    ordering = ("-updated_at",)
    operations = (RetryOperation,)
    page_template = "backoffice/facts.html"

    @column("Status", ordering="status", label=_COLOURS)
    def state(self, picture: Any) -> str:  # noqa: ANN401  (a picture)
        """Say whether we have it."""
        return str(picture.get_status_display())

    def page_facts(self, item: Any) -> dict[str, Any]:  # noqa: ANN401  (a picture)
        """Return where it is, and what we have of it."""
        sizes = sorted({f"{one['width']} × {one['height']}" for one in item.renditions}, key=len)
        facts = [
            ("Address", item.url),
            ("Status", item.get_status_display()),
            ("Sizes", ", ".join(sizes) or "–"),
            ("Tried", f"{item.attempts} times"),
        ]
        return {"facts": [*facts, ("What went wrong", item.last_error)] if item.last_error else facts}
