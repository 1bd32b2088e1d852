"""Who acts, for Django's pages: staff who are logged in, from the address that the request came from."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from hansa.domain.accounts.models import User
from hansa.domain.staff.selectors import is_platform_account
from hansa.interfaces.gate import REQUEST_ID
from hansa.kernel.actors import Actor, actor_scope, set_actor_now


class StaffActs:
    """Enters the staff member as the actor of the request, when a view first asks who it is.

    Asking costs two statements and would do so on every page of the shop; and nobody changes anything
    as staff without having been asked for. Stands after Django's AuthenticationMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass one request."""
        request.user = SimpleLazyObject(partial(_identify, request))  # type: ignore[assignment]  # as Django does
        with actor_scope(None):
            return self.get_response(request)


def staff_actor(request: HttpRequest, user: User) -> Actor:
    """Return the staff member as an actor; somebody of the platform is not the shop's staff."""
    is_platform = not user.has_usable_password() and is_platform_account(user.pk)
    return Actor(kind="platform" if is_platform else "staff", id=str(user.pk), label=user.email, **origin(request))


def origin(request: HttpRequest) -> dict[str, str]:
    """Return what an actor tells of the request: the client's address and the request's id."""
    return {"address": client_address(request), "request_id": getattr(request, "scope", {}).get(REQUEST_ID, "")}


def client_address(request: HttpRequest) -> str:
    """Return the address that the request came from."""
    return str(request.META.get("REMOTE_ADDR", ""))


def _identify(request: HttpRequest) -> Any:  # noqa: ANN401  (a user or nobody)
    user = get_user(request)
    if isinstance(user, User) and user.is_staff:
        set_actor_now(staff_actor(request, user))
    return user
