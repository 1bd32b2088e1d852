"""Health: is the process alive, and can it do its work."""

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse


@transaction.non_atomic_requests
def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """Answer 200 as long as the process runs."""
    return JsonResponse({"status": "live"})


@transaction.non_atomic_requests
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """Answer 200 when everything we need answers, else 503 with the name of what does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "not ready", "failing": ["postgresql"]}, status=503)
    return JsonResponse({"status": "ready", "failing": []})
