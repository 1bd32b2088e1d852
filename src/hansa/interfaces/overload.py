"""What Django's pages answer when there is too much to do."""

from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from hansa.interfaces.problems import MEDIA_TYPE, problem_of
from hansa.kernel.errors import DomainError, LimitReached, Unavailable
from hansa.kernel.postgresql.reading import DatabaseUnavailable

_CANCELLED = "57014"
"""PostgreSQL's query_canceled: the statement took longer than a request may."""


def too_long(error: BaseException) -> DatabaseUnavailable | None:
    """Return the refusal that a statement which took too long is to the client; None for any other error."""
    if getattr(error.__cause__, "sqlstate", None) != _CANCELLED:
        return None
    seconds = settings.STATEMENT_TIMEOUT_MILLISECONDS / 1000
    return DatabaseUnavailable(f"This took longer than {seconds:g} seconds, so it was given up. Try again in a moment.")


class Overload:
    """Turns limits that were reached, and statements that took too long, into 429 and 503 instead of 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for what a view raised; None when it is none of these."""
        refusal = too_long(error) if isinstance(error, OperationalError) else error
        if not isinstance(refusal, LimitReached | Unavailable):
            return None
        return _answer(request, refusal)


def _answer(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    status, body = problem_of(refusal, instance=request.path)
    if not request.accepts("text/html"):
        return HttpResponse(body, status=status, content_type=MEDIA_TYPE)
    return HttpResponse(
        render_to_string("shop/busy.html", {"message": refusal.message, "status": status}), status=status
    )
