"""A fake Stripe for the tests of this folder; one localstripe per worker."""

import urllib.request
from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.providers.fake_stripe_faults import FakeStripe, fake_stripe, localstripe


@pytest.fixture(scope="session")
def upstream() -> Iterator[str]:
    with localstripe() as address:
        yield address


@pytest.fixture
def stripe_faults(upstream: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStripe]:
    """Offer Stripe in the shops, at a fake that fails as it is told."""
    path = "hansa.providers.stripe.provider.StripeProvider"
    monkeypatch.setattr(settings, "PAYMENT_PROVIDERS", settings.PAYMENT_PROVIDERS | {"stripe": path})
    monkeypatch.setattr(settings, "STRIPE_SECRET_KEY", "sk_test_1")
    monkeypatch.setattr(settings, "STRIPE_WEBHOOK_SECRETS", ["whsec_old", "whsec_new"])
    forget = urllib.request.Request(f"{upstream}/_config/data", method="DELETE")  # noqa: S310  (our own localstripe)
    with urllib.request.urlopen(forget, timeout=10):  # noqa: S310
        pass
    with fake_stripe(upstream) as fake:
        monkeypatch.setattr(settings, "STRIPE_API_BASE", fake.address)
        yield fake
