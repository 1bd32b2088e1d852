"""Imports on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from hansa.domain.imports.formats import FORMATS
from hansa.domain.imports.models import ImportRun
from hansa.interfaces.management.serializers.base import Body

FORMAT_CHOICES = [(name, name) for name in sorted(FORMATS)]


class ImportBody(Body):
    """A file of products, as a form sends it (`multipart/form-data`)."""

    file = serializers.FileField(allow_empty_file=True, help_text="The file, as the other shop system exported it.")
    format = serializers.ChoiceField(choices=FORMAT_CHOICES, help_text="What wrote it.")
    dry_run = serializers.BooleanField(
        default=False, help_text="Check everything and write nothing; `start` imports the file afterwards."
    )


class ImportRead(serializers.ModelSerializer[ImportRun]):
    """An import: how far it is, and what became of the rows."""

    format = serializers.CharField(source="file_format")
    dry_run = serializers.BooleanField(source="is_dry_run")
    created = serializers.IntegerField(source="created_products", help_text="Products.")
    updated = serializers.IntegerField(source="updated_products", help_text="Products.")
    unchanged = serializers.IntegerField(source="unchanged_products", help_text="Products.")
    failed = serializers.IntegerField(source="failed_rows", help_text="Rows of the file.")
    total_rows = serializers.IntegerField(help_text="0: not counted yet.")
    seconds_left = serializers.IntegerField(allow_null=True, help_text="null: nobody can tell.")
    errors_url = serializers.SerializerMethodField()
    reason = serializers.CharField(source="last_error", help_text="Why it failed.")

    class Meta:
        model = ImportRun
        fields = (
            *("id", "status", "file_name", "file_bytes", "format", "dry_run", "processed_rows", "total_rows"),
            *("rows_per_second", "seconds_left", "created", "updated", "unchanged", "failed", "errors_url"),
            *("reason", "created_at", "updated_at"),
        )

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_errors_url(self, run: Any) -> str | None:  # noqa: ANN401  (an ImportRun)
        """Return where the rows that failed are, as CSV; null when there are none."""
        return f"/manage/v1/imports/{run.pk}/errors" if run.failed_rows else None
