"""Prices and addresses as the shop's templates write them."""

from typing import Any

from django import template

from hansa.interfaces.shop.context import absolute_address
from hansa.kernel.money import Money

register = template.Library()


@register.filter
def money(price: dict[str, Any]) -> str:
    """Return a price of a document as people write it."""
    return Money(price["amount"], price["currency"]).display()


@register.filter
def plain_money(price: dict[str, Any]) -> str:
    """Return a price as machines read it: 19.99."""
    return str(Money(price["amount"], price["currency"]).major)


@register.filter
def saving(offer: dict[str, Any]) -> int:
    """Return by how many per cent a document or variant is reduced, rounded down; 0 when it is not."""
    former = offer["compare_at_price"]
    if not former:
        return 0
    return int((former["amount"] - offer["price"]["amount"]) * 100 // former["amount"])


@register.filter
def absolute(address: str, origin: str) -> str:
    """Return an address with scheme and host."""
    return absolute_address(address, origin)


@register.filter
def srcset(variants: list[dict[str, Any]], wanted: str) -> str:
    """Return the addresses of a picture in one format, each with its width, as `<source srcset>` wants them."""
    return ", ".join(f"{one['url']} {one['width']}w" for one in variants if one["format"] == wanted)
