"""Exports: ask, look, cancel, download."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hansa.domain.exports.models import Export
from hansa.domain.exports.selectors import within_sight
from hansa.domain.exports.services.cancel_export import cancel_export
from hansa.domain.exports.services.download_export import download_export
from hansa.domain.exports.services.request_export import request_export
from hansa.interfaces.downloads import Download
from hansa.interfaces.management.access import Readable, Resource
from hansa.interfaces.management.filters import ExportFilter
from hansa.interfaces.management.serializers import exports as wire
from hansa.kernel import clock


class ExportResource(Readable, Resource):
    """Files of all products, orders, customers or stock, written in the background and kept for seven days.

    Only exports of what the caller may see are here.
    """

    queryset = Export.objects.prefetch_related("files")
    serializer_class = wire.ExportRead
    filterset_class = ExportFilter
    orderings = ("-created_at", "created_at")
    capabilities: ClassVar = {
        "list": "exports.view",
        "retrieve": "exports.view",
        "file": "exports.view",
        "create": "exports.run",
        "cancel": "exports.run",
    }

    def get_queryset(self) -> QuerySet[Any]:
        """Leave out what the caller may not see."""
        return within_sight(super().get_queryset(), self.authority)

    @extend_schema(request=wire.ExportBody, responses={201: wire.ExportRead})
    def create(self, request: Request) -> Response:
        """Ask for an export; read it again until its `status` is `done`."""
        body = wire.ExportBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        return self.shown(request_export(kind=wanted["kind"], file_format=wanted["format"], by=self.authority), 201)

    @extend_schema(request=None, responses=wire.ExportRead)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Let an export that waits or runs come to nothing."""
        return self.shown(cancel_export(export_id=self.get_for_change().pk, by=self.authority, now=clock.now()))

    @extend_schema(responses=wire.FILE)
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> Download:  # noqa: ARG002  (the address is in the view)
        """Download the file."""
        download = download_export(export_id=self.get_object().pk, by=self.authority)
        return Download(download.file, name=download.name, media_type=download.media_type)
