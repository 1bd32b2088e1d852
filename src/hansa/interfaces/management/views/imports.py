"""Imports of products: send a file, see how far it is, steer it, fetch the rows that failed."""

from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from hansa.domain.imports.models import ImportRun
from hansa.domain.imports.services import steer_import
from hansa.domain.imports.services.create_import import create_import
from hansa.interfaces.error_file import ErrorFileResponse
from hansa.interfaces.management.access import Readable, Resource
from hansa.interfaces.management.filters import ImportFilter
from hansa.interfaces.management.serializers import imports as wire
from hansa.kernel import clock


class CsvRenderer(BaseRenderer):
    """Lets clients ask for CSV; the view writes it."""

    media_type, format, charset = "text/csv", "csv", "utf-8"


class ImportResource(Readable, Resource):
    """Files of products that a worker imports, one at a time."""

    queryset = ImportRun.objects.all()
    serializer_class = wire.ImportRead
    filterset_class = ImportFilter
    search_fields = ("file_name",)
    orderings = ("-created_at", "created_at")
    parser_classes = (MultiPartParser, JSONParser)
    capabilities: ClassVar = {
        "list": "imports.view",
        "retrieve": "imports.view",
        "errors": "imports.view",
        "create": "imports.run",
        "start": "imports.run",
        "pause": "imports.run",
        "resume": "imports.run",
        "cancel": "imports.run",
    }

    @extend_schema(request={"multipart/form-data": wire.ImportBody}, responses={201: wire.ImportRead})
    def create(self, request: Request) -> Response:
        """Send a file; a worker imports it, or only checks it. The header is read at once."""
        body = wire.ImportBody(data=request.data)
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = body.validated_data
        run = create_import(
            upload=given["file"],
            file_name=given["file"].name,
            file_format=given["format"],
            is_dry_run=given["dry_run"],
            now=clock.now(),
        )
        return self.shown(run, 201)

    @extend_schema(request=None, responses=wire.ImportRead)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Import for real what a dry run has checked."""
        return self.shown(steer_import.import_checked_file(run_id=self.get_for_change().pk, now=clock.now()))

    @extend_schema(request=None, responses=wire.ImportRead)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Stop after the products that are being written; nothing more is written when this answers."""
        return self.shown(steer_import.pause_import(run_id=self.get_for_change().pk))

    @extend_schema(request=None, responses=wire.ImportRead)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Go on with a paused or failed import where it was."""
        return self.shown(steer_import.resume_import(run_id=self.get_for_change().pk, now=clock.now()))

    @extend_schema(request=None, responses=wire.ImportRead)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """End an import; what is imported stays."""
        return self.shown(steer_import.cancel_import(run_id=self.get_for_change().pk, now=clock.now()))

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    @action(detail=True, methods=["get"], renderer_classes=[CsvRenderer, JSONRenderer])
    def errors(self, request: Request, pk: str) -> ErrorFileResponse:  # noqa: ARG002  (the address is in the view)
        """Fetch the rows that failed, each with what is wrong with it, as CSV: to be corrected and sent again."""
        return ErrorFileResponse(self.get_object())
