"""What crosses the catalogue's border: drafts of products on their way in, and how new what is shown is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Shown(StrEnum):
    """The parts of the catalogue that pages show, and that change at their own pace."""

    LISTS = "lists"
    """What the front page and all lists of products are made of: the listing and the categories."""
    POPULARITY = "popularity"
    """The order of lists that are sorted by it: every sale may change it."""
    PRODUCTS = "products"
    """What besides stands on a product's own page: every sale changes its stock."""


type CatalogueVersion = Mapping[Shown, int]
"""A number for each part, which grows with every transaction that changes it."""


@dataclass(frozen=True, slots=True)
class ImageDraft:
    """A picture that a product should have."""

    url: str
    alt: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """A variant that a product should have. None: say nothing about it, keep what is stored."""

    option_values: tuple[str, ...]
    price_amount: int | None = None
    compare_at_amount: int | None = None
    clears_compare_at: bool = False
    """True: there is a compare-at column and its cell is empty, so a stored one goes."""
    sku: str | None = None
    barcode: str | None = None
    is_stock_tracked: bool | None = None
    stock_quantity: int | None = None
    sells_when_out_of_stock: bool | None = None
    weight_grams: int | None = None
    requires_shipping: bool | None = None
    is_taxable: bool | None = None
    image_url: str | None = None
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product as a merchant's file describes it, found again by `source_key`.

    None: say nothing about it, keep what is stored. A draft without a name can only add variants
    and images to a product that is there.
    """

    source_key: str
    name: str | None = None
    description: str | None = None
    vendor: str | None = None
    category_names: tuple[str, ...] | None = None
    """The path from the root: ("Kitchen", "Ceramics")."""
    tags: tuple[str, ...] | None = None
    option_names: tuple[str, ...] | None = None
    is_published: bool | None = None
    is_archived: bool = False
    seo_title: str | None = None
    seo_description: str | None = None
    metadata: Mapping[str, Any] | None = None
    attributes: Mapping[str, tuple[str, ...]] | None = None
    """Filterable facts by label: {"Color": ("Blue", "White")}."""
    variants: tuple[VariantDraft, ...] = ()
    images: tuple[ImageDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class UpsertResult:
    """What an upsert of drafts did; refused ones by source_key, each with the reason."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: Mapping[str, str] = field(default_factory=dict)
