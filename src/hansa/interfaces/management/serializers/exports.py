"""Exports on the wire."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from hansa.domain.exports.models import Export, ExportFile, FileFormat, Kind
from hansa.interfaces.management.serializers.base import Body


class ExportRead(serializers.ModelSerializer[Export]):
    """One export. `rows` of `total_rows` things are in the file; several rows may tell of one."""

    format = serializers.ChoiceField(source="file_format", choices=FileFormat.choices)
    rows = serializers.IntegerField(source="processed_rows")
    error = serializers.CharField(source="last_error")
    size_bytes = serializers.SerializerMethodField()
    expires_at = serializers.SerializerMethodField()
    download_url = serializers.SerializerMethodField()

    class Meta:
        model = Export
        fields = (
            *("id", "kind", "format", "status", "rows", "total_rows", "error", "asked_by"),
            *("size_bytes", "download_url", "expires_at", "finished_at", "created_at", "updated_at"),
        )

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_size_bytes(self, export: Any) -> int | None:  # noqa: ANN401  (an export with its files)
        """Return how large the file is."""
        kept = _kept(export)
        return kept.size_bytes if kept else None

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_expires_at(self, export: Any) -> str | None:  # noqa: ANN401  (an export with its files)
        """Return until when there is a file."""
        kept = _kept(export)
        return serializers.DateTimeField().to_representation(kept.expires_at) if kept else None

    @extend_schema_field({"type": "string", "format": "uri-reference", "nullable": True})
    def get_download_url(self, export: Any) -> str | None:  # noqa: ANN401  (an export with its files)
        """Return where the file is: at this API, with the same key."""
        return f"/manage/v1/exports/{export.pk}/file" if _kept(export) else None


class ExportBody(Body):
    """What to export, and how to write it down."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    format = serializers.ChoiceField(choices=FileFormat.choices, default=FileFormat.CSV)


FILE = {
    ("200", "text/csv"): OpenApiTypes.BINARY,
    ("200", "application/x-ndjson"): OpenApiTypes.BINARY,
    ("200", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"): OpenApiTypes.BINARY,
}
"""How the API's description tells of a download."""


def _kept(export: Any) -> ExportFile | None:  # noqa: ANN401  (an export with its files)
    return next(iter(export.files.all()), None)
