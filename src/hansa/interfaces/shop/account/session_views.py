"""The page that shows where somebody is logged in, and ends it there."""

from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hansa.domain.accounts.types import Person
from hansa.interfaces.shop.page import render_page
from hansa.interfaces.shop.shopper import for_customers


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def sessions(request: HttpRequest, person: Person) -> HttpResponse:
    """Show every session; end the one that is named, or with `others` all but this one."""
    mine = UserSession.objects.filter(user_id=person.user_id)
    if request.method == "POST":
        others = [one for one in mine if not one.is_current()]
        end_sessions(request, [one for one in others if "others" in request.POST or str(one.pk) == _named(request)])
        return redirect("usersessions_list")
    alive = UserSession.objects.purge_and_list(request.user)
    alive.sort(key=lambda one: (not one.is_current(), -one.created_at.timestamp()))
    return render_page(request, "account/sessions", [], sessions=alive)


def _named(request: HttpRequest) -> str:
    return str(request.POST.get("session", ""))
