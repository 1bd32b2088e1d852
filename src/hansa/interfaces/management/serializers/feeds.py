"""Product feeds on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from hansa.domain.exports.models import LANGUAGE_PATTERN, MAX_BACKORDER_DAYS, Feed
from hansa.interfaces.management.serializers.base import Body, Whole


class FeedRead(serializers.ModelSerializer[Feed]):
    """One feed. Its `path`, at the shop's address, answers 404 until it was written."""

    path = serializers.SerializerMethodField()
    error = serializers.CharField(source="last_error")

    class Meta:
        model = Feed
        fields = (
            *("id", "language", "status", "backorder_days", "path", "items", "error"),
            *("written_at", "created_at", "updated_at"),
        )

    @extend_schema_field({"type": "string", "format": "uri-reference"})
    def get_path(self, feed: Any) -> str:  # noqa: ANN401  (a feed)
        """Return where it is."""
        return f"/feeds/google/{feed.language}.xml"


class FeedBody(Body):
    """Which feed. `backorder_days` until what is sold before it is here will be; without it, as many as before."""

    language = serializers.RegexField(LANGUAGE_PATTERN)
    backorder_days = Whole(min_value=1, max_value=MAX_BACKORDER_DAYS, required=False)
