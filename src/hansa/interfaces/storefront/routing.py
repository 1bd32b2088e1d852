"""How an endpoint meets the database."""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from django.db import connection
from fastapi.routing import APIRoute


class StorefrontRoute(APIRoute):
    """Gives the connection back to the pool after every endpoint, also when it raises.

    A dependency cannot do it: FastAPI may run it on another thread than the endpoint's, and
    Django's connections belong to threads. `tests/architecture/test_storefront_route.py` holds it.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401
        """Wrap the endpoint, unless it is `async`: then it may only `ask_async`, which needs no thread."""
        wrapped = endpoint if iscoroutinefunction(endpoint) else _gives_connection_back(endpoint)
        super().__init__(path, wrapped, **options)


def _gives_connection_back[**P, R](endpoint: Callable[P, R]) -> Callable[P, R]:
    @wraps(endpoint)
    def on_one_thread(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return endpoint(*args, **kwargs)
        finally:
            connection.close()

    return on_one_thread
