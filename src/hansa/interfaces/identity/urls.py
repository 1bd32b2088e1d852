"""Where people log in: allauth's API, and its pages, which take the shop's templates."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from allauth.account import urls as account_urls
from allauth.headless import urls as headless_urls
from allauth.mfa import urls as mfa_urls
from allauth.socialaccount import urls as connection_urls
from allauth.socialaccount.models import SocialApp
from allauth.urls import build_provider_urlpatterns
from allauth.usersessions import urls as session_urls
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, URLResolver, include, path

type View = Callable[..., HttpResponse]


def _whole_page(view: View) -> View:
    """Render the page while the request's transaction is open; a provider that the shop does not trust has none.

    Django would render a TemplateResponse after it, and allauth's pages still ask the database then.
    """

    @wraps(view)
    def show(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  (any view)
        try:
            response = view(request, *args, **kwargs)
        except SocialApp.DoesNotExist as error:
            message = "This shop does not take logins from there."
            raise Http404(message) from error
        return response.render() if isinstance(response, SimpleTemplateResponse) else response

    return show


def _pages(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Return the same addresses with pages that are rendered in their transaction."""
    found = list(patterns)
    for pattern in found:
        if isinstance(pattern, URLResolver):
            _pages(pattern.url_patterns)
        else:
            pattern.callback = _whole_page(pattern.callback)
    return found


def _without_phones(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Return the addresses without those for phone numbers: nobody logs in with one here."""
    patterns[:] = [pattern for pattern in patterns if "phone" not in str(pattern.pattern)]
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            _without_phones(pattern.url_patterns)
    return patterns


urlpatterns = [
    path("_allauth/", include((_without_phones(headless_urls.urlpatterns), headless_urls.app_name))),
    path("account/", include(_pages(account_urls.urlpatterns))),
    path("account/two-factor/", include(_pages(mfa_urls.urlpatterns))),
    path("account/sessions/", include(_pages(session_urls.urlpatterns))),
    path("account/connections/", include(_pages(connection_urls.urlpatterns))),
    path("account/sso/", include(_pages(build_provider_urlpatterns()))),
]
