"""The one table from domain errors to HTTP: RFC 9457 problem documents."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

import structlog

from hansa.kernel import errors
from hansa.kernel.errors import DomainError, FieldError

MEDIA_TYPE = "application/problem+json"

_STATUS: dict[type[DomainError], tuple[int, str]] = {
    errors.Malformed: (400, "Something is missing"),
    errors.Invalid: (422, "The request makes no sense as it is"),
    errors.Unauthenticated: (401, "Please log in"),
    errors.Declined: (402, "Declined"),
    errors.Forbidden: (403, "Not allowed"),
    errors.NotFound: (404, "Not found"),
    errors.TooSlow: (408, "Too slow"),
    errors.Conflict: (409, "Conflict"),
    errors.TooLarge: (413, "Too large"),
    errors.LimitReached: (429, "Too many requests"),
    errors.Unavailable: (503, "Not available right now"),
}

_log = structlog.get_logger("hansa.problems")


def problem_of(error: DomainError, *, instance: str) -> tuple[int, bytes]:
    """Return status and body for a domain error."""
    status, title = _status_and_title(error)
    return status, problem(status, error.code, title, error.message, instance=instance, errors=error.errors)


def problem(
    status: int, code: str, title: str, detail: str, *, instance: str, errors: Sequence[FieldError] = ()
) -> bytes:
    """Return the JSON of a problem document; `code` is stable, `detail` is for people."""
    body: dict[str, Any] = {
        "type": f"urn:hansa:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": instance,
        "code": code,
        "errors": [{"field": e.field, "code": e.code, "message": e.message} for e in errors],
    }
    return json.dumps(body).encode()


def bug(exception: BaseException, *, instance: str) -> bytes:
    """Log an exception that nobody foresaw and return a body that names it without showing it.

    The same exception may pass here twice on its way up; it is logged once and keeps its number.
    """
    number = getattr(exception, "hansa_number", None)
    if number is None:
        number = uuid.uuid4().hex[:12]
        exception.hansa_number = number  # type: ignore[attr-defined]  # exceptions take attributes
        _log.error("unexpected_error", error_id=number, path=instance, exc_info=exception)
    detail = f"Something went wrong on our side. If it stays, report it with the number {number}."
    return problem(500, "internal_error", "Internal error", detail, instance=instance)


def _status_and_title(error: DomainError) -> tuple[int, str]:
    for ancestor in type(error).__mro__:
        if ancestor in _STATUS:
            return _STATUS[ancestor]
    message = f"{type(error).__name__} has no place in the table of statuses"
    raise TypeError(message) from error
