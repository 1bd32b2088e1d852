"""Let people log in with somebody else's word for who they are."""

from allauth.socialaccount.models import SocialApp

from hansa.domain.accounts.errors import InvalidProvider
from hansa.domain.accounts.providers import seal_secret
from hansa.domain.audit.services.record import record
from hansa.kernel.transactions import transaction

KINDS = ("openid_connect", "google")


def trust_provider(*, kind: str, code: str, name: str, client_id: str, secret: str, issuer: str = "") -> None:
    """Trust a provider from now on, in this shop alone; one with the same code is replaced.

    `code` stands in its addresses, `/account/sso/oidc/<code>/…`; `issuer` is where an OpenID Connect
    provider is described. The secret is kept sealed and never shown again. Raises InvalidProvider.
    """
    if kind not in KINDS:
        message = f"There is no kind of provider {kind[:50]!r}. Choose one of {', '.join(KINDS)}."
        raise InvalidProvider(message)
    if kind == "openid_connect" and not issuer.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        message = "An OpenID Connect provider needs its issuer, an address that begins with https://."
        raise InvalidProvider(message)
    with transaction():
        app, _ = SocialApp.objects.update_or_create(
            provider=kind,
            provider_id=code if kind == "openid_connect" else "",
            defaults={
                "name": name[:40],
                "client_id": client_id,
                "secret": seal_secret(secret),
                "settings": {"server_url": issuer} if issuer else {},
            },
        )
        after = {"kind": kind, "code": code, "client_id": client_id, "issuer": issuer}
        record(
            action="identity_provider.trusted",
            object_type="identity_provider",
            object_id=app.pk,
            label=name,
            after=after,
        )
