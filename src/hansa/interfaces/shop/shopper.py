"""Who is logged in to the shop."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from hansa.domain.accounts.selectors import find_person
from hansa.domain.accounts.types import Person

type PersonalView = Callable[..., HttpResponse]


def find_shopper(request: HttpRequest) -> Person | None:
    """Return who is logged in, or None; a visitor without a session costs no question."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return find_person(key) if key else None


def find_shopper_id(request: HttpRequest) -> UUID | None:
    """Return the customer who is logged in, or None."""
    person = find_shopper(request)
    return person.customer_id if person else None


def for_customers(view: PersonalView) -> PersonalView:
    """Give the view whoever is logged in; everybody else is sent to log in first."""

    @wraps(view)
    def wrapped(request: HttpRequest, *arguments: object, **named: object) -> HttpResponse:
        person = find_shopper(request)
        if person is None and request.user.is_authenticated:
            # Staff are nobody's customers; the page to log in would send them back here.
            return redirect("/admin/")
        if person is None:
            return redirect_to_login(request.get_full_path() if request.method in {"GET", "HEAD"} else "/account/")
        return view(request, person, *arguments, **named)

    return wrapped
