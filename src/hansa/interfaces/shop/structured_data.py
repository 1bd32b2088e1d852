"""What search engines read: schema.org in JSON-LD."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from hansa.interfaces.shop.product import ProductPage
from hansa.interfaces.shop.shelves import Shelf
from hansa.kernel.money import Money

MAX_OFFERS = 100

_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}

type Absolute = Callable[[str], str]
"""Makes a whole address of a path: `request.build_absolute_uri`."""


def product_data(page: ProductPage, shop_name: str, absolute: Absolute) -> SafeString:
    """Describe a product with its offers."""
    document = page.document
    address = absolute(reverse("shop:product", args=[document["slug"]]))
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "@id": address,
        "url": address,
        "name": document["name"],
        "description": page.summary,
        "image": [absolute(image["url"]) for image in document["images"]],
        "offers": [_offer(variant, address, shop_name) for variant in document["variants"][:MAX_OFFERS]],
    }
    if document["vendor"]:
        data["brand"] = {"@type": "Brand", "name": document["vendor"]}
    if document["category"]:
        data["category"] = document["category"]["path"].replace("/", " > ")
    return _script(data)


def trail_data(trail: Sequence[Shelf], shop_name: str, absolute: Absolute) -> SafeString:
    """Describe where in the shop a page stands."""
    steps = [(shop_name, reverse("shop:home"))]
    steps += [(shelf["name"], reverse("shop:category", args=[shelf["path"]])) for shelf in trail]
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": absolute(path)}
        for position, (name, path) in enumerate(steps, start=1)
    ]
    return _script({"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items})


def _offer(variant: dict[str, Any], address: str, shop_name: str) -> dict[str, Any]:
    price = Money(**variant["price"])
    offer = {
        "@type": "Offer",
        "url": f"{address}?variant={variant['id']}",
        "price": str(price.major),
        "priceCurrency": price.currency,
        "availability": f"https://schema.org/{'InStock' if variant['in_stock'] else 'OutOfStock'}",
        "seller": {"@type": "Organization", "name": shop_name},
    }
    return offer | ({"sku": variant["sku"]} if variant["sku"] else {})


def _script(data: dict[str, Any]) -> SafeString:
    """Return JSON that no merchant's text can leave: the three signs that could end the script are escaped."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(_ESCAPES))  # noqa: S308  (escaped just here)
