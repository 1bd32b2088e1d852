"""Every error of the management API is a problem document (RFC 9457), as everywhere else."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.http import Http404
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from hansa.interfaces.overload import too_long
from hansa.interfaces.problems import MEDIA_TYPE, bug, problem, problem_of
from hansa.kernel.errors import DomainError, FieldError

_CODES: dict[int, tuple[str, str]] = {
    400: ("malformed", "The request cannot be read"),
    401: ("unauthenticated", "Please log in"),
    403: ("not_allowed", "Not allowed"),
    404: ("not_found", "Not found"),
    405: ("method_not_allowed", "Method not allowed"),
    406: ("not_acceptable", "Not acceptable"),
    412: ("precondition_failed", "It has changed meanwhile"),
    415: ("unsupported_media_type", "Send JSON"),
    422: ("invalid", "The request makes no sense as it is"),
    429: ("rate_limited", "Too many requests"),
}


class PreconditionFailed(exceptions.APIException):
    """`If-Match` names another state than the current one (RFC 9110, 13.1.1)."""

    status_code = 412
    default_code = "precondition_failed"


class ProblemRenderer(JSONRenderer):
    """Writes a problem document that is JSON already."""

    media_type = MEDIA_TYPE

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:  # noqa: ANN401, ARG002  (DRF's signature)
        """Return it as it is."""
        return data if isinstance(data, bytes) else json.dumps(data).encode()


def answer_problem(error: Exception, context: dict[str, Any]) -> Response:
    """Return the answer for an error; one that nobody foresaw is logged. What the request wrote is taken back."""
    path = context["request"].path
    if isinstance(error, OperationalError):
        error = too_long(error) or error
    status, body, headers = _problem(error, path) or (500, bug(error, instance=path), {})
    transaction.set_rollback(True)
    response = Response(body, status=status, content_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"} | headers)
    context["request"].accepted_renderer = ProblemRenderer()
    context["request"].accepted_media_type = MEDIA_TYPE
    return response


def _problem(error: Exception, path: str) -> tuple[int, bytes, dict[str, str]] | None:
    if isinstance(error, DomainError):
        status, body = problem_of(error, instance=path)
        return status, body, {"WWW-Authenticate": 'Bearer realm="management"'} if status == 401 else {}  # noqa: PLR2004
    if isinstance(error, Http404):
        error = exceptions.NotFound(f"There is nothing at {path}.")
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    challenge = getattr(error, "auth_header", None)
    headers = {"WWW-Authenticate": str(challenge)} if challenge else {}
    if isinstance(error, exceptions.MethodNotAllowed):
        headers["Allow"] = "see /manage/docs"
    status = 422 if isinstance(error, exceptions.ValidationError) else error.status_code
    code, title = _CODES.get(status, ("http_error", "The request cannot be answered"))
    fields = tuple(_fields(error.detail, "")) if isinstance(error, exceptions.ValidationError) else ()
    detail = "; ".join(f"{one.field}: {one.message}" for one in fields) if fields else str(error.detail)
    return status, problem(status, code, title, detail, instance=path, errors=fields), headers


def _fields(detail: Any, at: str) -> Iterator[FieldError]:  # noqa: ANN401  (DRF's nested details)
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _fields(inner, f"{at}.{name}".strip(".") if name != "non_field_errors" else at)
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            yield from _fields(inner, at if isinstance(inner, str) else f"{at}.{number}".strip("."))
    else:
        yield FieldError(at, str(getattr(detail, "code", "invalid")), str(detail))
