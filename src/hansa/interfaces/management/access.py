"""What every resource shares: the capability of each action, rows within reach, ETags."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from hansa.domain.staff.types import Authority
from hansa.interfaces.management.authentication import authority
from hansa.interfaces.management.errors import PreconditionFailed
from hansa.interfaces.reach import narrow
from hansa.kernel.errors import NotFound


class Resource(GenericViewSet[Any]):
    """A resource of the management API."""

    capabilities: ClassVar[Mapping[str, str]] = {}
    """Which capability each action needs."""

    lookup_value_regex = "[^/]+"  # what is no id answers as an id that nothing has

    @property
    def authority(self) -> Authority:
        """What the caller may do."""
        return authority(self.request)

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows that the caller's permission reaches."""
        return narrow(super().get_queryset(), self.authority)

    def get_object(self) -> Any:  # noqa: ANN401  (any model)
        """Return the row of the address. Raises NotFound, the same for another shop's and for no row at all."""
        try:
            found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        except (ValidationError, ValueError):
            found = None
        if found is None:
            message = f"There is no such {self.get_queryset().model._meta.verbose_name}."
            raise NotFound(message)
        self.check_object_permissions(self.request, found)
        return found

    def shown(self, item: Any, status: int = 200) -> Response:  # noqa: ANN401  (any model)
        """Answer with one row and its ETag (RFC 9110, 8.8.3)."""
        body = self.get_serializer(item).data
        return Response(body, status=status, headers={"ETag": etag(body), "Cache-Control": "no-store"})

    def get_for_change(self) -> Any:  # noqa: ANN401  (any model)
        """Return the row of the address, to change it. Raises NotFound, PreconditionFailed for a stale `If-Match`."""
        item = self.get_object()
        wanted = self.request.headers.get("If-Match")
        if wanted and wanted.strip() != "*":
            current = etag(self.get_serializer(item).data)
            if current not in (one.strip() for one in wanted.split(",")):
                message = "Somebody changed it since you read it. Read it again, and repeat what you meant to change."
                raise PreconditionFailed(message)
        return item


class Readable:
    """`GET` of a list and of one row."""

    def list(self: Any, request: Request) -> Response:  # noqa: ARG002  (a Resource)
        """Answer with a page."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)  # type: ignore[no-any-return]

    def retrieve(self: Any, request: Request, pk: str) -> Response:  # noqa: ARG002  (a Resource)
        """Answer with one row."""
        return self.shown(self.get_object())  # type: ignore[no-any-return]


def etag(body: Any) -> str:  # noqa: ANN401  (whatever JSON can say)
    """Return the strong ETag of an answer's body."""
    text = json.dumps(body, default=str, sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
