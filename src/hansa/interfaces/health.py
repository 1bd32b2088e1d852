"""Health: is the process alive, and can it do its work."""

from functools import cache

from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from hansa.kernel.errors import Unavailable


class MigrationsMissing(Unavailable):
    """The database is behind the code: something that the code asks for may not be there."""

    code = "migrations_missing"


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
        check_migrations()
    except DatabaseError:
        return _not_ready("postgresql", "The database does not answer.")
    except MigrationsMissing as error:
        return _not_ready("migrations", error.message)
    return JsonResponse({"status": "ready", "failing": []})


@cache
def check_migrations() -> None:
    """Raise MigrationsMissing while the database lacks a migration of this code.

    Asked until it is true and not again: a process keeps its code, and nobody takes migrations back.
    """
    executor = MigrationExecutor(connection)
    missing = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if missing:
        message = (
            f"{len(missing)} migrations are not applied, the first is {missing[0]}. Run `hansa manage migrate`."
            if len(missing) > 1
            else f"The migration {missing[0]} is not applied. Run `hansa manage migrate`."
        )
        raise MigrationsMissing(message)


def _not_ready(failing: str, detail: str) -> HttpResponse:
    return JsonResponse({"status": "not ready", "failing": [failing], "detail": detail}, status=503)
