"""The two other ways into the back office: an invitation's link, and the link of a platform's grant.

Nothing happens when a link is opened, because mail programs open links too: a button is pressed.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from hansa.domain.accounts.models import User
from hansa.domain.staff.services.invite_staff import accept_invitation, find_open_invitation
from hansa.domain.staff.services.support import open_support_grant
from hansa.interfaces.backoffice.site import backoffice
from hansa.kernel import clock
from hansa.kernel.errors import DomainError
from hansa.kernel.tenancy import get_current_tenant

_BACKEND = "hansa.domain.accounts.authentication.TenantBackend"


class AcceptForm(forms.Form):
    """Who somebody is."""

    name = forms.CharField(
        label="Your name", max_length=200, widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label="Password",
        max_length=1000,
        strip=False,
        help_text="At least 12 characters. If you have an account in this shop already: its password.",
        widget=UnfoldAdminTextInputWidget(attrs={"type": "password", "autocomplete": "new-password"}),
    )


def invitation(request: HttpRequest, invitation_id: UUID, token: str) -> HttpResponse:
    """Let somebody who was invited in."""
    now, shop = clock.now(), get_current_tenant().name
    facts: dict[str, Any] = {"title": "Invitation", "subtitle": "You are invited to", "button": "Accept and log in"}
    try:
        found = find_open_invitation(invitation_id=invitation_id, token=token, now=now)
        form = AcceptForm(request.POST if request.method == "POST" else None)
        facts |= {"form": form, "lines": [f"Work in the back office of {shop} as {found.email}."]}
        if form.is_valid():
            user = accept_invitation(invitation_id=invitation_id, token=token, now=now, **form.cleaned_data)
            return _let_in(request, user)
    except DomainError as error:
        facts["refusal"] = error.message
    return _page(request, facts)


def support(request: HttpRequest, grant_id: UUID, token: str) -> HttpResponse:
    """Let somebody of the platform in whom a grant names."""
    facts: dict[str, Any] = {
        "title": "Support access",
        "subtitle": "Support for",
        "button": "Look into the shop",
        "form": forms.Form(),
        "lines": ["What you do is written into this shop's audit log, and its staff see that you were here."],
    }
    if request.method == "POST":
        try:
            return _let_in(request, open_support_grant(grant_id=grant_id, token=token, now=clock.now()))
        except DomainError as error:
            facts |= {"refusal": error.message, "form": None}
    return _page(request, facts)


def _let_in(request: HttpRequest, user: User) -> HttpResponse:
    login(request, user, backend=_BACKEND)
    return redirect(reverse("admin:index"))


def _page(request: HttpRequest, facts: Mapping[str, Any]) -> HttpResponse:
    context = backoffice.each_context(request) | {"form": None} | facts
    page = TemplateResponse(request, "backoffice/enter.html", context, status=422 if "refusal" in facts else 200)
    page["Cache-Control"] = "no-store"
    # The address is the secret, so it goes nowhere. "no-referrer" would make browsers send `Origin: null` with the
    # form, which is refused as another site's.
    page["Referrer-Policy"] = "strict-origin"
    return page
