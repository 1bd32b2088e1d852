"""The ways to pay that the shop offers on its page, and what the page must be allowed for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from hansa.domain.checkout.types import PaymentWish

STRIPE_JS = "https://js.stripe.com/v3/"

_TEST_METHODS = {
    "ok": ("Test payment", "Accepted at once. Nothing is charged."),
    "needs_action": ("Test payment, to be confirmed", "You are sent to a page where you approve or decline it."),
    "declined": ("Test payment, declined", "To see what happens then."),
    "slow": ("Test payment, slow", "Accepted after two seconds."),
    "timeout": ("Test payment without an answer", "Settled a little later."),
}


@dataclass(frozen=True, slots=True)
class WayToPay:
    """One radio button."""

    value: str
    label: str
    hint: str = ""
    is_stripe: bool = False
    is_more: bool = False
    """One of several test methods, shown behind “More”."""


def ways_to_pay() -> list[WayToPay]:
    """Return what can be chosen, the real ones first."""
    ways = []
    if "stripe" in settings.PAYMENT_PROVIDERS and settings.STRIPE_PUBLISHABLE_KEY:
        ways.append(WayToPay("stripe", "Card", is_stripe=True))
    if "manual" in settings.PAYMENT_PROVIDERS:
        ways += [
            WayToPay(f"manual:{method}", label, hint, is_more=method != "ok")
            for method, (label, hint) in _TEST_METHODS.items()
        ]
    return ways


def wish_of(payment: str, payment_method: str, *, return_url: str, is_free: bool) -> PaymentWish | None:
    """Return how the visitor wants to pay; None when nothing that is offered was chosen.

    When gift cards or discounts leave nothing to pay, the first way stands in: it is never asked.
    """
    ways = ways_to_pay()
    way = next((way for way in ways if way.value == payment), None)
    if way is None and is_free and ways:
        way = ways[0]
    if way is None:
        return None
    provider, _, method = way.value.partition(":")
    if way.is_stripe:
        method = payment_method or ("pm_none" if is_free else "")
        if not method:
            return None
    return PaymentWish(provider, method, details={"provider": provider, "method": method}, return_url=return_url)


def policy_with_stripe() -> Mapping[str, Any]:
    """Return the Content-Security-Policy of the one page on which Stripe's script runs.

    Source: https://docs.stripe.com/security/guide#content-security-policy
    """
    policies: dict[str, Any] = settings.SECURE_CSP
    policy: dict[str, Any] = {name: [*sources] for name, sources in policies.items()}
    policy["script-src"] += ["https://js.stripe.com", "https://*.js.stripe.com"]
    policy["frame-src"] = ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"]
    policy["connect-src"] = [*policy["default-src"], "https://api.stripe.com"]
    return policy
