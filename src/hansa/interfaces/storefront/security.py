"""What a caller must show, as the API's description says it."""

from typing import Any

from django.conf import settings

SCHEMES: dict[str, dict[str, Any]] = {
    "cartToken": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Cart <token>`: the token stands in the answer that made the cart."
        " A customer's cart wants their session as well.",
    },
    "orderToken": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Order <token>`: the token stands in the answer of the checkout.",
    },
    "customerToken": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Session-Token",
        "description": "An app's session: `meta.session_token` of a login at `/_allauth/app/v1`.",
    },
    "customerCookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": settings.SESSION_COOKIE_NAME,
        "description": "A browser's session; what changes something needs a page of the shop, or `X-CSRFToken`, too.",
    },
}
_CUSTOMER: list[dict[str, list[str]]] = [{"customerToken": []}, {"customerCookie": []}]
_NOBODY: list[dict[str, list[str]]] = [{}]


def security_of(path: str, tags: list[str]) -> list[dict[str, list[str]]]:
    """Return the ways to be let in to an address, of which one is enough; `{}` is to show nothing."""
    if "me" in tags:
        return _CUSTOMER
    if "{cart_id}" in path:
        return [{"cartToken": []}]
    if "{order_id}" in path:
        return [{"orderToken": []}, *_CUSTOMER]
    return _NOBODY + _CUSTOMER
