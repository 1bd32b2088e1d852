"""A product's page, ready for the template: which variant is chosen, and what else can be."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from hansa.domain.catalog.errors import CategoryNotFound
from hansa.domain.catalog.queries import ListingQuery
from hansa.domain.catalog.selectors import get_listing_page
from hansa.domain.catalog.text import plain_text

RELATED = 4
FEW_LEFT = 3
"""From how many pieces on we say how many are left."""
_SUMMARY_CHARACTERS = 155
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

type Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an option, and the variant that choosing it leads to."""

    value: str
    address: str
    is_chosen: bool
    is_in_stock: bool


@dataclass(frozen=True, slots=True)
class Option:
    """What a shopper chooses, such as size."""

    name: str
    chosen: str
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Everything the product page shows."""

    document: Document
    variant: Document
    options: list[Option]
    images: list[Document]
    shown_image_id: str | None

    @property
    def title(self) -> str:
        """What search engines and the window's title say."""
        return str(self.document["seo"]["title"] or self.document["name"])

    @property
    def summary(self) -> str:
        """A sentence or two for search engines and previews."""
        text = self.document["seo"]["description"] or plain_text(self.document["description"])
        if len(text) <= _SUMMARY_CHARACTERS:
            return str(text)
        return f"{text[:_SUMMARY_CHARACTERS].rpartition(' ')[0] or text[:_SUMMARY_CHARACTERS]} …"

    @property
    def few_left(self) -> int | None:
        """How many pieces are left, when it is time to say so."""
        available = self.variant["available"]
        return available if available is not None and 0 < available <= FEW_LEFT else None


def read_variant(text: str) -> str | None:
    """Return the id of a variant as our own addresses write it; None for all else."""
    return text if _ID.fullmatch(text) else None


def build_product_page(document: Document, wanted_variant: str | None) -> ProductPage:
    """Choose the variant that was asked for, else the first that can be bought, and lay out the rest."""
    variants = document["variants"]
    asked = next((variant for variant in variants if variant["id"] == wanted_variant), None)
    chosen = asked or next((variant for variant in variants if variant["in_stock"]), variants[0])
    images = document["images"]
    if asked:
        # The page of a variant begins with its picture; otherwise the merchant's own order counts.
        images = sorted(images, key=lambda image: image["id"] != asked["image_id"])
    return ProductPage(document, chosen, _options(document, chosen), images, chosen["image_id"])


def read_related(document: Document) -> list[Document]:
    """Return other products of the same category: one statement."""
    if not document["category"]:
        return []
    try:
        page = get_listing_page(ListingQuery(category=document["category"]["path"], limit=RELATED + 1))
    except CategoryNotFound:  # put away by the merchant in the meantime
        return []
    return [other for other in page.documents() if other["id"] != document["id"]][:RELATED]


def _values(document: Document, variant: Document) -> tuple[str, ...]:
    return tuple(variant["options"].get(option["name"], "") for option in document["options"])


def _options(document: Document, chosen: Document) -> list[Option]:
    by_values = {_values(document, variant): variant for variant in reversed(document["variants"])}
    now = _values(document, chosen)
    options = []
    for place, option in enumerate(document["options"]):
        choices = []
        for value in filter(None, option["values"]):
            wanted = (*now[:place], value, *now[place + 1 :])
            target = by_values.get(wanted) or _nearest(by_values, wanted, place)
            address = "?" + urlencode({"variant": target["id"]}) + "#choose"
            choices.append(Choice(value, address, value == now[place], target["in_stock"]))
        if choices:
            options.append(Option(option["name"], now[place], choices))
    return options


def _nearest(by_values: dict[tuple[str, ...], Document], wanted: Sequence[str], place: int) -> Document:
    """Return the variant that has the wanted value at `place` and agrees best with the rest.

    Merchants do not sell every combination; choosing a colour that has no size M then leads to a
    size that there is.
    """
    candidates = [values for values in by_values if values[place] == wanted[place]]

    def agreement(values: tuple[str, ...]) -> tuple[int, bool]:
        return sum(a == b for a, b in zip(values, wanted, strict=True)), by_values[values]["in_stock"]

    return by_values[max(candidates, key=agreement)]
