"""Pages by key: `{"items": [...], "next_cursor": …}`, at most a hundred rows, and never a row twice or left out."""

import base64
import binascii
import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from hansa.kernel.errors import FieldError, Invalid

MAX_LIMIT = 100
DEFAULT_LIMIT = 24
_MAX_CURSOR = 2000


class InvalidCursor(Invalid):
    """The cursor is none that we gave for this list."""

    code = "invalid_cursor"


class InvalidParameter(Invalid):
    """A parameter of the address makes no sense."""

    code = "invalid"


class KeysetPages(BasePagination):
    """A page begins behind the last row of the one before: the row's sort key and id are the cursor.

    A view says in `orderings` by what its list can be sorted (columns that are never NULL); the first is
    the default.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:  # noqa: ANN401  (DRF's signature)
        """Return the rows of the page. Raises InvalidParameter, InvalidCursor."""
        limit = _limit(request)
        ordering = request.query_params.get("ordering", view.orderings[0])
        if ordering not in view.orderings:
            message = f"Order by one of: {', '.join(view.orderings)}."
            raise InvalidParameter(message, errors=(FieldError("ordering", "unknown", message),))
        field, is_descending = ordering.removeprefix("-"), ordering.startswith("-")
        cursor = request.query_params.get("cursor")
        if cursor:
            queryset = queryset.filter(_behind(queryset, cursor, field, is_descending=is_descending))
        sign = "-" if is_descending else ""
        rows = list(queryset.order_by(f"{sign}{field}", f"{sign}pk")[: limit + 1])
        self.next_cursor = _cursor(rows[limit - 1], field) if len(rows) > limit else None
        return rows[:limit]

    def get_paginated_response(self, data: Any) -> Response:  # noqa: ANN401  (DRF's signature)
        """Answer with the page."""
        return Response({"items": data, "next_cursor": self.next_cursor}, headers={"Cache-Control": "no-store"})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the page."""
        cursor = {"type": "string", "nullable": True, "description": "Send it as `cursor` to get the next page."}
        return {
            "type": "object",
            "required": ["items", "next_cursor"],
            "properties": {"items": schema, "next_cursor": cursor},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:  # noqa: ANN401  (DRF's signature)
        """Describe the parameters."""
        return [
            _parameter("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}),
            _parameter("cursor", {"type": "string"}),
            _parameter("ordering", {"type": "string", "enum": list(view.orderings), "default": view.orderings[0]}),
        ]


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not text.isascii() or not text.isdigit() or len(text) > len(str(MAX_LIMIT)) or not 1 <= int(text) <= MAX_LIMIT:
        message = f"`limit` is a number from 1 to {MAX_LIMIT}."
        raise InvalidParameter(message, errors=(FieldError("limit", "invalid", message),))
    return int(text)


def _cursor(row: Any, field: str) -> str:  # noqa: ANN401  (any model)
    key = row._meta.get_field(field).value_to_string(row)
    return base64.urlsafe_b64encode(json.dumps([key, str(row.pk)]).encode()).decode().rstrip("=")


def _behind(rows: QuerySet[Any], cursor: str, field: str, *, is_descending: bool) -> Q:
    message = "This cursor belongs to another list. Start again without one."
    model = rows.model
    try:
        if len(cursor) > _MAX_CURSOR:
            raise ValueError(cursor)  # noqa: TRY301  (the one answer below)
        text, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(text, str) or not isinstance(pk, str) or "\x00" in text:
            raise TypeError(text)  # noqa: TRY301  (the one answer below)
        key, last = model._meta.get_field(field).to_python(text), model._meta.pk.to_python(pk)
        model._meta.get_field(field).get_prep_value(key)
        text.encode()
    except (ValueError, TypeError, ValidationError, binascii.Error, RecursionError, OverflowError):
        raise InvalidCursor(message, errors=(FieldError("cursor", "invalid", message),)) from None
    way = "lt" if is_descending else "gt"
    return Q(**{f"{field}__{way}": key}) | Q(**{field: key, f"pk__{way}": last})
