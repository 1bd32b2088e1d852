"""The back office's site."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csp import csp_override
from unfold.sites import UnfoldAdminSite

from hansa.interfaces.backoffice.dashboard import dashboard_numbers
from hansa.interfaces.backoffice.login import LoginForm, ask_for_second_factor
from hansa.interfaces.backoffice.reach import authority
from hansa.interfaces.devices import keep_device
from hansa.kernel.transactions import transaction

# Unfold's Alpine evaluates expressions from attributes and sets inline styles; only these pages may.
BACKOFFICE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "https:"],
    "font-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
}

type View = Callable[..., HttpResponse]


class BackOffice(UnfoldAdminSite):  # type: ignore[misc]  # unfold has no types
    """One shop's back office: the host names the shop, the wall keeps staff in it."""

    index_template = "backoffice/index.html"
    index_title = "Today"

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001, FBT002  (Django's signature)
        """Make every page of the back office as `open_page` says."""
        return open_page(super().admin_view(view, cacheable))

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in who may do anything here at all: not somebody whose grant is over."""
        return super().has_permission(request) and bool(authority(request).capabilities)

    login_form = LoginForm

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the login page, which is Unfold's too; 429 when a password was tried too often."""
        response = open_page(super().login)(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if isinstance(form, LoginForm) and form.awaits_second_factor:
            then = request.GET.get("next") or request.POST.get("next") or reverse("admin:index")
            is_ours = url_has_allowed_host_and_scheme(then, {request.get_host()}, require_https=request.is_secure())
            start = reverse("admin:index")
            return ask_for_second_factor(request, form.awaits_second_factor, then=then if is_ours else start)
        if isinstance(form, LoginForm) and form.refusal:
            response.status_code = 429
            response["Retry-After"] = str(form.refusal.retry_seconds)
        elif request.method == "POST" and response.status_code == HTTPStatus.FOUND and request.user.is_authenticated:
            keep_device(request, response, request.user.email)
            if not (request.GET.get("next") or request.POST.get("next")):
                response["Location"] = reverse("admin:index")
        return response

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show what a merchant wants to know first."""
        page: HttpResponse = super().index(request, {**dashboard_numbers(request), **(extra_context or {})})
        return page


def open_page(view: View) -> View:
    """Give the page its own Content-Security-Policy, and render it while the request's transaction is open.

    Django would render a TemplateResponse after the transaction, and templates of the admin still
    ask the database: for the choices of a select, for example.
    """

    @wraps(view)
    def show(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  (any view)
        response = csp_override(BACKOFFICE_CSP)(view)(request, *args, **kwargs)
        return response.render() if isinstance(response, SimpleTemplateResponse) else response

    return show


backoffice = BackOffice(name="admin")


@csp_override(BACKOFFICE_CSP)
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """Say that the person's role does not allow it: Django calls it for PermissionDenied, after the rollback."""
    with transaction():
        page = render_to_string("403.html", backoffice.each_context(request), request)
    return HttpResponse(page, status=HTTPStatus.FORBIDDEN)
