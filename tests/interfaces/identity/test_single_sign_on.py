"""Logging in with a provider that the merchant trusts."""

import importlib
import io
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from allauth.socialaccount.models import SocialApp
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from starlette.testclient import TestClient

from hansa.domain.accounts.providers import open_secret
from hansa.kernel.sealing import SealBroken
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.dumps import places_of
from tests.interfaces.conftest import Meet
from tests.interfaces.identity.fake_provider import CLIENT_ID, SECRET, Provider, running_provider
from tests.people import last_code
from tests.worlds import browser, entered

GRACE = {"sub": "grace-1", "email": "grace@example.com", "email_verified": True, "name": "Grace"}


@pytest.fixture
def provider(shop: TenantContext) -> Iterator[Provider]:
    """Run a provider that our shop trusts, and no other shop does."""
    from hansa.domain.accounts.services.trust_provider import trust_provider

    with running_provider() as provider:
        provider.claims = GRACE
        with tenant_scope(shop):
            trust_provider(
                kind="openid_connect",
                code="company",
                name="The company",
                client_id=CLIENT_ID,
                secret=SECRET,
                issuer=provider.issuer,
            )
        yield provider


def log_in(client: TestClient, provider: Provider) -> Any:
    """Walk from the login page to the provider and back."""
    assert "Go on with The company" in client.get("/account/login/").text
    sent = client.get("/account/sso/oidc/company/login/", follow_redirects=False)
    assert sent.headers["location"].startswith(provider.issuer), sent.text
    return client.get(provider.authorise(sent.headers["location"]))


def users(tenant: TenantContext) -> list[str]:
    from hansa.domain.accounts.models import User

    with entered(tenant):
        return sorted(user.email for user in User.objects.all())


def test_a_person_comes_in_with_the_providers_word_and_comes_again(provider: Provider, shop: TenantContext) -> None:
    for _ in range(2):
        with browser(shop) as client:
            page = log_in(client, provider)
            assert (page.status_code, page.url.path) == (200, "/account/"), page.text[:3000]
            assert "grace@example.com" in page.text
    assert users(shop) == ["grace@example.com"]


def test_an_address_that_the_provider_does_not_vouch_for_is_proved_here(
    provider: Provider, shop: TenantContext
) -> None:
    provider.claims = GRACE | {"email_verified": False}
    with browser(shop) as client:
        page = log_in(client, provider)
        assert page.url.path == "/account/confirm-email/"
        assert client.get("/account/").url.path != "/account/"
    assert last_code(shop, "grace@example.com")


def test_nobody_takes_an_account_over_with_a_providers_word(
    provider: Provider, shop: TenantContext, meet: Meet
) -> None:
    grace = meet(shop, "grace@example.com").sign_up()
    with browser(shop) as client:
        log_in(client, provider)
        assert client.get("/account/").url.path != "/account/"
    assert grace.call("GET", "/me").status_code == 200
    assert users(shop) == ["grace@example.com"]


def test_a_provider_of_ours_is_none_next_door(provider: Provider, rival: TenantContext) -> None:
    with browser(rival) as client:
        assert "The company" not in client.get("/account/login/").text
        assert client.get("/account/sso/oidc/company/login/", follow_redirects=False).status_code == 404
        assert client.get("/_allauth/app/v1/config").json()["data"]["socialaccount"]["providers"] == []
    assert provider.codes == {}


@pytest.mark.parametrize("lie", [{"iss": "https://evil.example"}, {"aud": "another"}, {"exp": 1}])
def test_a_token_that_is_not_for_us_is_refused(provider: Provider, shop: TenantContext, lie: dict[str, Any]) -> None:
    provider.claims = GRACE | lie
    with browser(shop) as client:
        log_in(client, provider)
        assert client.get("/account/").url.path == "/account/login/"
    assert users(shop) == []


def test_an_answer_that_nobody_asked_for_is_refused(provider: Provider, shop: TenantContext) -> None:
    with browser(shop) as client, browser(shop) as other:
        sent = client.get("/account/sso/oidc/company/login/", follow_redirects=False)
        other.get(provider.authorise(sent.headers["location"]))
        assert other.get("/account/").url.path == "/account/login/"
    assert users(shop) == []


@pytest.mark.parametrize("way", ["google/login/", "google/login/callback/", "oidc/company/login/"])
def test_a_provider_that_the_shop_does_not_trust_is_not_there(shop: TenantContext, way: str) -> None:
    with browser(shop) as client:
        assert client.get(f"/account/sso/{way}", follow_redirects=False).status_code == 404


@pytest.mark.usefixtures("provider")
def test_a_providers_secret_is_sealed_for_its_shop(shop: TenantContext, rival: TenantContext) -> None:
    assert places_of(SECRET) == set()
    with entered(shop):
        sealed = SocialApp.objects.get().secret
        assert open_secret(sealed) == SECRET
    with tenant_scope(rival), pytest.raises(SealBroken):
        open_secret(sealed)


def test_secrets_from_before_they_were_sealed_are_sealed_by_the_migration(
    provider: Provider, shop: TenantContext
) -> None:
    migration = importlib.import_module("hansa.interfaces.identity.socialaccount_migrations.0002_sealed_secrets")
    with entered(shop):
        SocialApp.objects.update(secret=SECRET)
    assert places_of(SECRET) == {"socialaccount_socialapp.secret"}
    with connection.schema_editor() as editor:
        migration.seal_what_is_there(apps, editor)
    assert places_of(SECRET) == set()
    with browser(shop) as client:
        assert log_in(client, provider).url.path == "/account/"


@pytest.mark.usefixtures("provider")
def test_the_migration_seals_nothing_with_a_key_that_only_it_knows(
    shop: TenantContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    migration = importlib.import_module("hansa.interfaces.identity.socialaccount_migrations.0002_sealed_secrets")
    monkeypatch.setattr(settings, "SECRET_KEY_IS_SHARED", False)
    with entered(shop):
        SocialApp.objects.update(secret=SECRET)
    with pytest.raises(ImproperlyConfigured, match="HANSA_SECRET_KEY"), connection.schema_editor() as editor:
        migration.seal_what_is_there(apps, editor)
    with entered(shop):
        assert SocialApp.objects.get().secret == SECRET


@pytest.mark.usefixtures("provider")
def test_a_secret_that_cannot_be_opened_takes_its_button_away_and_nothing_else(shop: TenantContext) -> None:
    with entered(shop):
        SocialApp.objects.update(secret="sealed with a key that is gone")  # noqa: S106  (no secret)
    with browser(shop) as client:
        page = client.get("/account/login/")
        assert page.status_code == 200
        assert "The company" not in page.text


def test_the_command_asks_for_the_secret_and_does_not_say_it(
    shop: TenantContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = f"between-two-{uuid4().hex}"
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{secret}\n"))
    output = io.StringIO()
    call_command(
        *("trust_provider", "company", "--tenant", shop.slug, "--name", "The company", "--client-id", "shop"),
        *("--issuer", "https://login.example.com"),
        stdout=output,
        stderr=output,
    )
    assert "is trusted" in output.getvalue()
    assert secret not in output.getvalue()
    assert places_of(secret) == set()
