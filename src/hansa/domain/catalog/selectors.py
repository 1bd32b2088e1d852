"""Reads of the catalogue: the pages that shoppers see, and the query sets that staff work with."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from psycopg.pq.abc import PGresult

from hansa.domain.catalog.errors import CategoryNotFound, ProductNotFound
from hansa.domain.catalog.models import Category, Product, Variant
from hansa.domain.catalog.queries import (
    AVAILABILITY_SQL,
    CATEGORIES_SQL,
    PRODUCT_SQL,
    VERSION_SQL,
    ListingQuery,
    category_sql,
    encode_cursor,
    facets_sql,
    page_sql,
)
from hansa.domain.catalog.types import CatalogueVersion, Shown
from hansa.kernel.models import ArchivableQuerySet
from hansa.kernel.postgresql.reading import ask, ask_async


@dataclass(frozen=True, slots=True)
class ListingPage:
    """One page of finished documents."""

    items: bytes
    """The documents as PostgreSQL gave them, joined by commas: JSON that nobody has parsed."""
    next_cursor: str | None

    def documents(self) -> list[dict[str, Any]]:
        """Return the documents parsed, for pages that are rendered here."""
        parsed: list[dict[str, Any]] = json.loads(b"[" + self.items + b"]")
        return parsed


def within_categories(category_ids: Collection[UUID], path: str) -> Q:
    """Return the condition that something stands on one of these shelves, or below.

    `path` leads from the rows to the category: "category" for products, "" for categories themselves.
    """
    lookup = f"{path}__path" if path else "path"
    found = Q(pk__in=())
    for shelf in Category.objects.filter(pk__in=category_ids).values_list("path", flat=True):
        found |= Q(**{lookup: shelf}) | Q(**{f"{lookup}__startswith": f"{shelf}/"})
    return found


def get_listing_page(query: ListingQuery) -> ListingPage:
    """Return a page of the listing with one statement. Raises InvalidCursor, CategoryNotFound."""
    rows = ask(*page_sql(query))
    if rows.ntuples == 0 and query.category is not None:
        _check_category(ask(*category_sql(query.category)), query.category)
    return _page(rows, query)


async def aget_listing_page(query: ListingQuery) -> ListingPage:
    """Do what `get_listing_page` does, on the event loop."""
    rows = await ask_async(*page_sql(query))
    if rows.ntuples == 0 and query.category is not None:
        _check_category(await ask_async(*category_sql(query.category)), query.category)
    return _page(rows, query)


def get_listing_facets(query: ListingQuery) -> bytes:
    """Return what the query selects, counted by attribute, price and stock, as JSON."""
    return _only_value(ask(*facets_sql(query)))


async def aget_listing_facets(query: ListingQuery) -> bytes:
    """Do what `get_listing_facets` does, on the event loop."""
    return _only_value(await ask_async(*facets_sql(query)))


def get_product_document(slug: str) -> dict[str, Any]:
    """Return everything a product page shows. Raises ProductNotFound.

    `options` lists each option with its values in the order of the variants.
    """
    rows = ask(PRODUCT_SQL, {"slug": slug})
    if rows.ntuples == 0:
        message = f"There is no product {slug[:100]!r} on sale here."
        raise ProductNotFound(message)
    document: dict[str, Any] = json.loads(rows.get_value(0, 0) or b"")
    names = document.pop("option_names")
    for variant in document["variants"]:
        variant["options"] = dict(zip(names, variant.pop("option_values"), strict=False))
    document["options"] = [
        {"name": name, "values": list(dict.fromkeys(v["options"].get(name, "") for v in document["variants"]))}
        for name in names
    ]
    return document


def find_availability(variant_id: UUID) -> dict[str, Any] | None:
    """Return what anybody may know of a variant's stock, `available` and `in_stock`; None: it is not on sale."""
    rows = ask(AVAILABILITY_SQL, {"variant_id": variant_id})
    return json.loads(rows.get_value(0, 0) or b"") if rows.ntuples else None


def get_category_tree() -> list[dict[str, Any]]:
    """Return the shop's categories as a tree, each with the number of products on and below it."""
    rows = ask(CATEGORIES_SQL, {})
    nodes = [json.loads(rows.get_value(row, 0) or b"") for row in range(rows.ntuples)]
    by_id = {node["id"]: node | {"children": []} for node in nodes}
    roots: list[dict[str, Any]] = []
    for node in by_id.values():
        parent = by_id.get(node.pop("parent_id"))
        (parent["children"] if parent else roots).append(node)
    return roots


def get_catalogue_version() -> CatalogueVersion:
    """Return how new what pages show is: Note [Version of the catalogue]. One message.

    Ask before you read what you keep: what changes in between is then kept under a version that is gone.
    """
    rows = ask(VERSION_SQL, {})
    version = dict.fromkeys(Shown, 0)
    for row in range(rows.ntuples):
        version[Shown((rows.get_value(row, 0) or b"").decode())] = int(rows.get_value(row, 1) or 0)
    return version


def _page(rows: PGresult, query: ListingQuery) -> ListingPage:
    """Cut the one row too many, which only says that there is a next page."""
    shown = min(rows.ntuples, query.limit)
    items = b",".join([rows.get_value(row, 0) or b"" for row in range(shown)])
    if rows.ntuples <= query.limit:
        return ListingPage(items, None)
    key, product_id = rows.get_value(shown - 1, 1) or b"", rows.get_value(shown - 1, 2) or b""
    return ListingPage(items, encode_cursor(query.sort, key.decode(), product_id.decode()))


def _only_value(rows: PGresult) -> bytes:
    return rows.get_value(0, 0) or b"{}"


def _check_category(found: PGresult, slug_or_path: str) -> None:
    if found.ntuples == 0:
        message = f"There is no category {slug_or_path[:100]!r}. GET /api/v1/categories lists them."
        raise CategoryNotFound(message)


class ProductQuerySet(ArchivableQuerySet[Product]):
    """Products in the words of the trade."""

    def published(self) -> Self:
        """Those that shoppers see."""
        return self.live().filter(status=Product.Status.PUBLISHED)

    def in_stock(self) -> Self:
        """Those with a variant that can be bought."""
        backordered = Q(backorder_limit=None) | Q(stock_quantity__gt=-F("backorder_limit"))
        buyable = Q(is_stock_tracked=False) | Q(stock_quantity__gt=0) | Q(backordered, sells_when_out_of_stock=True)
        return self.filter(Exists(Variant.objects.filter(buyable, product=OuterRef("pk"))))

    def in_category(self, category: Category) -> Self:
        """Those on this shelf and on all shelves below it."""
        return self.filter(Q(category=category) | Q(category__path__startswith=f"{category.path}/"))


def list_products() -> ProductQuerySet:
    """Return the current tenant's products, archived ones included."""
    return ProductQuerySet(Product)
