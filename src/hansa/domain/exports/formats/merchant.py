"""Google's product feed: RSS 2.0 with the g: names, one item for each variant.

Source of names and limits: Google's product data specification (support.google.com/merchants/answer/7052112).
Pure functions: a variant with its product comes in as the columns of `rows/feed.py`, XML goes out.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from hansa.domain.catalog.text import plain_text
from hansa.kernel.money import Money

MAX_TITLE, MAX_DESCRIPTION, MAX_BRAND, MAX_PART_NUMBER, MAX_PRODUCT_TYPE = 150, 5000, 70, 70, 750
MAX_LINK = 2000
MAX_MORE_IMAGES = 10

TRAITS: Mapping[str, tuple[int, frozenset[str]]] = {
    "color": (100, frozenset(("color", "colour", "farbe", "couleur"))),
    "size": (100, frozenset(("size", "größe", "groesse", "taille"))),
    "material": (200, frozenset(("material", "matériau", "stoff"))),
    "pattern": (100, frozenset(("pattern", "muster", "motif"))),
}
"""How options and attributes are called that the feed has a name for, and how long their values may be."""
_UNITS = frozenset(
    (
        *("oz", "lb", "mg", "g", "kg", "floz", "pt", "qt", "gal", "ml", "cl", "l", "cbm"),
        *("in", "ft", "yd", "cm", "m", "sqft", "sqm", "ct"),
    )
)
_GTIN_LENGTHS = frozenset((8, 12, 13, 14))
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def opening(*, shop_name: str, address: str, language: str) -> str:
    """Return what stands before the items."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n'
        f"<title>{_safe(shop_name)}</title><link>{_safe(address)}/</link>"
        f"<description>{_safe(shop_name)}</description><language>{_safe(language)}</language>\n"
    )


CLOSING = "</channel></rss>\n"


def items(product: Mapping[str, Any], *, address: str, path: tuple[str, ...], backorders_arrive: date) -> Iterator[str]:
    """Give an item for each variant that Google can show: with a picture and a price above 0.

    `address` is the shop's, without a slash at its end; `path` are the names of the product's categories;
    `backorders_arrive` is the day on which what is sold before it is here will be.
    """
    for variant in product["variants"]:
        pictures = [_whole(url, address) for url in _pictures(product, variant)]
        pictures = [url for url in pictures if len(url) <= MAX_LINK]
        if pictures and variant["amount"] > 0:
            facts = [*_facts(product, variant, address, path, backorders_arrive), *_images(pictures)]
            yield "<item>" + "".join(f"<g:{name}>{_safe(value)}</g:{name}>" for name, value in facts) + "</item>\n"


def is_gtin(text: str) -> bool:
    """Tell whether a barcode is a GTIN: of one of the lengths, with the right check digit (GS1)."""
    if not (text.isascii() and text.isdigit() and len(text) in _GTIN_LENGTHS):
        return False
    weighted = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(text[:-1])))
    return (weighted + int(text[-1])) % 10 == 0


def cut(text: str, limit: int) -> str:
    """Return the text, or as many whole words of it as fit."""
    if len(text) <= limit:
        return text
    return text[: limit + 1].rpartition(" ")[0].rstrip() or text[:limit]


def _facts(
    product: Mapping[str, Any], variant: Mapping[str, Any], address: str, path: tuple[str, ...], arrive: date
) -> Iterator[tuple[str, str]]:
    is_one_of_several = len(product["variants"]) > 1
    values = [value for value in variant["option_values"] if value] if is_one_of_several else []
    yield "id", variant["id"]
    yield "title", cut(" – ".join((product["name"], *values)), MAX_TITLE)
    yield "description", cut(plain_text(product["description"]), MAX_DESCRIPTION) or cut(product["name"], MAX_TITLE)
    choice = f"?variant={variant['id']}" if is_one_of_several else ""
    yield "link", f"{address}/p/{product['slug']}/{choice}"
    yield from _availability(variant, arrive)
    yield from _prices(variant)
    yield "condition", "new"
    yield from _identifiers(product["vendor"].strip(), variant)
    if is_one_of_several:
        yield "item_group_id", product["id"]
    yield from _traits(product, variant)
    if path:
        yield "product_type", cut(" > ".join(path), MAX_PRODUCT_TYPE)
    yield from _unit_pricing({**(product["metadata"] or {}), **(variant["metadata"] or {})})


def _availability(variant: Mapping[str, Any], arrive: date) -> Iterator[tuple[str, str]]:
    if not variant["is_stock_tracked"] or variant["stock_quantity"] > 0:
        yield "availability", "in_stock"
    elif variant["is_backordered"]:
        yield "availability", "backorder"
        yield "availability_date", f"{arrive:%Y-%m-%d}T00:00Z"
    else:
        yield "availability", "out_of_stock"


def _prices(variant: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    amount, former, currency = variant["amount"], variant["former_amount"] or 0, variant["currency"]
    yield "price", _money(max(amount, former), currency)
    if former > amount:
        yield "sale_price", _money(amount, currency)


def _identifiers(brand: str, variant: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    barcode, part_number = variant["barcode"].strip(), variant["sku"].strip()
    has_part_number = bool(brand and part_number and len(part_number) <= MAX_PART_NUMBER)
    if brand:
        yield "brand", cut(brand, MAX_BRAND)
    if is_gtin(barcode):
        yield "gtin", barcode
    if has_part_number:
        yield "mpn", part_number
    if not is_gtin(barcode) and not has_part_number:
        yield "identifier_exists", "no"


def _traits(product: Mapping[str, Any], variant: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    chosen = dict(zip(product["option_names"], variant["option_values"], strict=False))
    told: dict[str, list[str]] = {}
    for label, value in product["facts"]:
        told.setdefault(label, []).append(value)
    named = {label.strip().lower(): "/".join(values[:3]) for label, values in told.items()}
    named |= {name.strip().lower(): value for name, value in chosen.items()}
    for trait, (limit, names) in TRAITS.items():
        value = next((named[name] for name in named if name in names and named[name]), "")
        if value:
            yield trait, cut(value, limit)


def _unit_pricing(extras: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, key in (
        ("unit_pricing_measure", "unit_price_total_measure"),
        ("unit_pricing_base_measure", "unit_price_base_measure"),
    ):
        number, unit = str(extras.get(key) or "").strip(), str(extras.get(f"{key}_unit") or "").strip().lower()
        if unit in _UNITS and re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,4})?", number):
            yield name, f"{number} {unit}"


def _pictures(product: Mapping[str, Any], variant: Mapping[str, Any]) -> list[str]:
    """Return the addresses of the pictures, the variant's own first."""
    own = [variant["image_url"]] if variant["image_url"] else []
    return list(dict.fromkeys([*own, *product["images"]]))


def _images(pictures: list[str]) -> Iterator[tuple[str, str]]:
    yield "image_link", pictures[0]
    for url in pictures[1 : MAX_MORE_IMAGES + 1]:
        yield "additional_image_link", url


def _whole(url: str, address: str) -> str:
    return f"{address}{url}" if url.startswith("/") else url


def _money(amount: int, currency: str) -> str:
    return f"{Money(amount, currency).major:f} {currency}"


def _safe(text: str) -> str:
    """Return a text as XML takes it: without what XML has no way to write."""
    return escape(_NOT_XML.sub("", text))
