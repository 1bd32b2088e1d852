"""Single sign-on: each tenant has its own providers, as rows behind the wall."""

from typing import Any

import structlog
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from hansa.domain.accounts.providers import open_secret
from hansa.kernel.sealing import SealBroken

_log = structlog.get_logger("hansa.identity")


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Providers come from the current tenant's `SocialApp` rows, and from nowhere else."""

    def is_open_for_signup(self, request: object, sociallogin: object) -> bool:  # noqa: ARG002  (allauth's signature)
        """Whoever their provider vouches for may come in."""
        return True

    def list_apps(self, request: HttpRequest, **wanted: Any) -> list[Any]:  # noqa: ANN401  (allauth's signature)
        """Return the shop's providers with their secrets opened, for this request; nobody saves them so.

        One whose secret cannot be opened is as good as none: the shop's other ways to log in stay.
        """
        usable = []
        for app in super().list_apps(request, **wanted):
            try:
                app.secret = open_secret(app.secret)
            except SealBroken:
                _log.exception("identity_provider.sealed_with_another_key", provider=app.name)
            else:
                usable.append(app)
        return usable
