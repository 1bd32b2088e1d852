"""The header of a Shopify product file: both generations of column names, in any order.

Source: the templates and exports described in ../shared/FORMATS.md §4.1. A column we do not know is
left alone; hardly any column is required, because they come and go with the shop's settings.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hansa.domain.imports.errors import UnknownHeader

_ALIASES = {
    "handle": ("url handle", "handle"),
    "title": ("title",),
    "body": ("description", "body (html)", "body html", "body"),
    "vendor": ("vendor",),
    "category": ("product category",),
    "type": ("type", "product type"),
    "tags": ("tags",),
    "published": ("published on online store", "published"),
    "status": ("status",),
    "seo_title": ("seo title",),
    "seo_description": ("seo description",),
    **{f"option{n}_name": (f"option{n} name",) for n in (1, 2, 3)},
    **{f"option{n}_value": (f"option{n} value",) for n in (1, 2, 3)},
    "sku": ("sku", "variant sku"),
    "barcode": ("barcode", "variant barcode"),
    "price": ("price", "variant price"),
    "compare_at": ("compare-at price", "compare at price", "variant compare at price", "variant compare-at price"),
    "taxable": ("charge tax", "variant taxable"),
    "tracker": ("inventory tracker", "variant inventory tracker"),
    "quantity": ("inventory quantity", "variant inventory qty", "variant inventory quantity"),
    "policy": ("continue selling when out of stock", "variant inventory policy"),
    "grams": ("weight value (grams)", "variant grams"),
    "requires_shipping": ("requires shipping", "variant requires shipping"),
    "image_url": ("product image url", "image src"),
    "image_position": ("image position",),
    "image_alt": ("image alt text",),
    "variant_image": ("variant image url", "variant image"),
}
_FIELD_BY_NAME = {alias: field for field, aliases in _ALIASES.items() for alias in aliases}

_PRODUCT_EXTRAS = {"gift card": "gift_card"} | {f"option{n} linked to": f"option{n}_linked_to" for n in (1, 2, 3)}
_VARIANT_EXTRAS = {
    "cost per item": "cost_per_item",
    "tax code": "tax_code",
    "variant tax code": "tax_code",
    "weight unit for display": "weight_unit",
    "variant weight unit": "weight_unit",
    "fulfillment service": "fulfillment_service",
    "variant fulfillment service": "fulfillment_service",
    "unit price total measure": "unit_price_total_measure",
    "unit price total measure unit": "unit_price_total_measure_unit",
    "unit price base measure": "unit_price_base_measure",
    "unit price base measure unit": "unit_price_base_measure_unit",
}
_GOOGLE_NAMES = {
    "manufacturer_part_number_mpn": "mpn",
    "ad_group_name": "adwords_grouping",
    "ads_labels": "adwords_labels",
}

_METAFIELD = re.compile(r"\((product|variant)\.metafields\.([^.()\s]+)\.([^()\s]+)\)$", re.IGNORECASE)
"""The words before the bracket are in the language of the shop; the bracket never is."""
_MARKET = re.compile(r"(included|price|compare[ -]at price) / (.+)$", re.IGNORECASE)
_GOOGLE = re.compile(r"google shopping / (.+)$", re.IGNORECASE)

_FACTS = {
    "color-pattern": "Color",
    "color": "Color",
    "colour": "Color",
    "material": "Material",
    "fabric": "Fabric",
    "target-gender": "Gender",
    "gender": "Gender",
    "age-group": "Age group",
    "age_group": "Age group",
}
"""What shoppers filter by: the last part of the metadata key → the label."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where each thing stands in a row of this file."""

    names: tuple[str, ...]
    """As the file writes them, without padding."""
    fields: dict[str, int]
    """Our field → column index."""
    product_extras: tuple[tuple[str, int], ...]
    """Metadata key → column index, for what belongs to the product."""
    variant_extras: tuple[tuple[str, int], ...]
    facts: tuple[tuple[str, int], ...]
    """Label of a filterable attribute → column index."""

    def name_of(self, field: str) -> str:
        """Return the column of `field` as the file writes it; "" when the file has none."""
        index = self.fields.get(field)
        return "" if index is None else self.names[index]


def read_header(names: Sequence[str]) -> Header:
    """Find the columns. Raises UnknownHeader when it is not the header of a Shopify product file."""
    fields: dict[str, int] = {}
    of_product: dict[str, int] = {}
    of_variant: dict[str, int] = {}
    for index, written in enumerate(names):
        name = " ".join(written.split())
        if field := _FIELD_BY_NAME.get(name.casefold()):
            fields.setdefault(field, index)
        elif key := _variant_extra(name):
            of_variant.setdefault(key, index)
        elif key := _product_extra(name):
            of_product.setdefault(key, index)
    _check(names, fields)
    facts: dict[str, int] = {}
    for key, index in of_product.items():
        if label := _FACTS.get(key.rpartition(".")[2].lower()):
            facts.setdefault(label, index)
    return Header(tuple(names), fields, tuple(of_product.items()), tuple(of_variant.items()), tuple(facts.items()))


def _variant_extra(name: str) -> str | None:
    """Return the metadata key of a column that belongs to the variant and that we only keep."""
    if key := _VARIANT_EXTRAS.get(name.casefold()):
        return key
    if (metafield := _METAFIELD.search(name)) and metafield[1].lower() == "variant":
        return f"metafields.{metafield[2]}.{metafield[3]}"
    if (market := _MARKET.match(name)) and market[1].lower() != "included":
        return f"markets.{market[2]}.{re.sub(r'[ -]', '_', market[1].lower())}"
    return None


def _product_extra(name: str) -> str | None:
    """Return the metadata key of a column that belongs to the product and that we only keep."""
    if key := _PRODUCT_EXTRAS.get(name.casefold()):
        return key
    if metafield := _METAFIELD.search(name):
        return f"metafields.{metafield[2]}.{metafield[3]}"
    if market := _MARKET.match(name):
        return f"markets.{market[2]}.included"
    if google := _GOOGLE.match(name):
        label = re.sub(r"[^a-z0-9]+", "_", google[1].lower()).strip("_")
        return f"google_shopping.{_GOOGLE_NAMES.get(label, label)}"
    return None


def _check(names: Sequence[str], fields: dict[str, int]) -> None:
    missing = [
        name for field, name in (("handle", "Handle (or URL handle)"), ("title", "Title")) if field not in fields
    ]
    if not missing:
        return
    found = ", ".join(repr(name[:60]) for name in names[:12]) + (", …" if len(names) > 12 else "")  # noqa: PLR2004
    message = (
        f"This is not a Shopify product file: it has no column {' and none '.join(missing)}."
        f" The first row holds {found}."
    )
    if len(names) == 1 and any(sign in names[0] for sign in ";\t|"):
        message += " The cells are parted by semicolons or tabs: save the file with commas."
    raise UnknownHeader(message)
