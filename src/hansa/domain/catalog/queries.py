"""How a page of the listing is asked for: the question, the cursor, and the SQL of both."""

import base64
import json
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from hansa.domain.catalog.errors import InvalidCursor

MAX_PAGE = 100
MAX_FACETS = 20
MAX_FACET_VALUES = 50
WHOLE_SHOP = UUID(int=0)
"""The category that every listed product is in; see listing.sql."""


class Sort(StrEnum):
    """The orders in which a shop can be looked through."""

    NEWEST = "newest"
    PRICE = "price"
    PRICE_DESCENDING = "-price"
    NAME = "name"
    POPULAR = "popular"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class _Order:
    column: str
    type: str
    descending: bool


_ORDERS = {
    Sort.NEWEST: _Order("p.published_at", "timestamptz", descending=True),
    Sort.PRICE: _Order("p.price_amount", "bigint", descending=False),
    Sort.PRICE_DESCENDING: _Order("p.price_amount", "bigint", descending=True),
    Sort.NAME: _Order("p.name_key", "text", descending=False),
    Sort.POPULAR: _Order("p.popularity", "integer", descending=True),
    Sort.RELEVANCE: _Order("f.relevance", "real", descending=True),
}


# A slug may stand under several parents: the path tells them apart, and for a bare slug the
# shallowest shelf wins, then the one that stands first.
_CATEGORY_SQL = (
    "SELECT c.id FROM catalog_category c"
    " WHERE c.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)"
    " AND c.slug = %(category_slug)s AND c.archived_at IS NULL"
    " AND (c.path = %(category)s OR %(category)s = %(category_slug)s)"
    " ORDER BY length(c.path) - length(replace(c.path, '/', '')), c.position, c.id LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class ListingQuery:
    """What a shopper wants to see. Prices in minor units of the shop's currency."""

    category: str | None = None
    """A category's slug, or its path when several share the slug."""
    words: str | None = None
    """Words for to_tsquery, made by `text.search_query`; None: no search, empty: nothing is found."""
    sort: Sort = Sort.NEWEST
    min_price: int | None = None
    max_price: int | None = None
    in_stock: bool | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    """Names and values. Of several values of one attribute any will do, of several attributes each must fit."""
    limit: int = 24
    cursor: str | None = None


def encode_cursor(sort: Sort, key: str, product_id: str) -> str:
    """Return the opaque text that names the place after this product."""
    return base64.urlsafe_b64encode(json.dumps([sort, key, product_id]).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, sort: Sort) -> tuple[str, str]:
    """Return the sort key and product id of a cursor. Raises InvalidCursor."""
    try:
        found_sort, key, product_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if str(UUID(product_id)) != product_id or not _fits(_ORDERS[Sort(found_sort)].type, key):
            raise ValueError(key)  # noqa: TRY301  (answered like all else that is wrong with it)
    except (ValueError, TypeError, AttributeError):
        message = "This cursor is not one of ours. Start again without it, and pass on `next_cursor` unchanged."
        raise InvalidCursor(message) from None
    if found_sort != sort:
        message = f"This cursor belongs to sort={found_sort}, not to sort={sort}. Start again without it."
        raise InvalidCursor(message)
    return key, product_id


def _fits(kind: str, key: str) -> bool:
    """Tell whether PostgreSQL would read `key` as its type: only the spelling that it writes itself counts."""
    match kind:
        case "bigint" | "integer":
            return bool(re.fullmatch(r"\d{1,18}" if kind == "bigint" else r"\d{1,9}", key, re.ASCII))
        case "real":
            return bool(re.fullmatch(r"\d\.?\d{0,12}(e-\d\d)?", key, re.ASCII))
        case "timestamptz":
            spelled = re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00", key, re.ASCII)
            return bool(spelled and datetime.fromisoformat(key))
        case _:
            return "\x00" not in key and bool(key.encode())


def page_sql(query: ListingQuery) -> tuple[str, dict[str, Any]]:
    """Return the one statement that reads a page: document, sort key and product id per row.

    It asks for one row more than the page holds, to know whether there is a next one.
    """
    order = _ORDERS[query.sort]
    direction = "DESC" if order.descending else "ASC"
    source, where, parameters = selection_sql(query)
    if query.cursor:
        key, product_id = decode_cursor(query.cursor, query.sort)
        where += (
            f" AND ({order.column}, p.product_id) {'<' if order.descending else '>'}"
            f" (%(after_key)s::{order.type}, %(after_id)s::uuid)"
        )
        parameters |= {"after_key": key, "after_id": product_id}
    sql = (
        f"SELECT l.document, {order.column}, p.product_id"  # noqa: S608  (only our own constants; values are bound)
        f" FROM {source} JOIN catalog_listing l ON l.tenant_id = p.tenant_id AND l.product_id = p.product_id"
        f" WHERE {where} ORDER BY {order.column} {direction}, p.product_id {direction} LIMIT {query.limit + 1}"
    )
    return sql, parameters


def selection_sql(query: ListingQuery) -> tuple[str, str, dict[str, Any]]:
    """Return FROM and WHERE for the placements that the query selects, and the parameters."""
    parameters: dict[str, Any] = {}
    source, where = (
        "catalog_placement p",
        "p.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)",
    )
    if query.category is None:
        where += " AND p.category_id = %(whole_shop)s"
        parameters["whole_shop"] = WHOLE_SHOP
    else:
        where += f" AND p.category_id = ({_CATEGORY_SQL})"
        parameters |= category_sql(query.category)[1]
    if query.words is not None:
        source += " JOIN catalog_find(to_tsquery('simple', %(words)s), 10000) f ON f.product_id = p.product_id"
        parameters["words"] = query.words
    if query.min_price is not None:
        where += " AND p.price_amount >= %(min_price)s"
        parameters["min_price"] = query.min_price
    if query.max_price is not None:
        where += " AND p.price_amount <= %(max_price)s"
        parameters["max_price"] = query.max_price
    if query.in_stock is not None:
        where += " AND p.in_stock = %(in_stock)s"
        parameters["in_stock"] = query.in_stock
    chosen: dict[str, list[str]] = {}
    for name, value in query.attributes:
        chosen.setdefault(name, []).append(value)
    for number, (name, values) in enumerate(chosen.items()):
        where += (
            " AND EXISTS (SELECT FROM catalog_listing_attribute a WHERE a.tenant_id = p.tenant_id"
            f" AND a.product_id = p.product_id AND a.name = %(name_{number})s AND a.value = ANY(%(values_{number})s))"
        )
        parameters |= {f"name_{number}": name, f"values_{number}": _array(values)}
    return source, where, parameters


def _array(values: list[str]) -> str:
    """Return the values as PostgreSQL writes an array: one text, so one statement however many there are."""
    return "{" + ",".join('"' + re.sub(r'(["\\])', r"\\\1", value) + '"' for value in values) + "}"


def category_sql(slug_or_path: str) -> tuple[str, dict[str, Any]]:
    """Return the statement that finds a category's id by its slug or path."""
    return _CATEGORY_SQL, {"category": slug_or_path, "category_slug": slug_or_path.rpartition("/")[2]}


def facets_sql(query: ListingQuery) -> tuple[str, dict[str, Any]]:
    """Return the one statement that counts what the query selects, as one JSON document."""
    source, where, parameters = selection_sql(query)
    sql = f"""
        WITH chosen AS MATERIALIZED (
            SELECT p.tenant_id, p.product_id, p.price_amount, p.in_stock FROM {source} WHERE {where}
        ), counted AS (
            SELECT a.name, a.value, count(*) AS count
            FROM chosen c JOIN catalog_listing_attribute a
                ON a.tenant_id = c.tenant_id AND a.product_id = c.product_id
            GROUP BY a.name, a.value
        ), ranked AS (
            SELECT counted.*, row_number() OVER (PARTITION BY name ORDER BY count DESC, value) AS place FROM counted
        )
        SELECT json_build_object(
            'count', (SELECT count(*) FROM chosen),
            'in_stock', (SELECT count(*) FROM chosen WHERE in_stock),
            'price', (SELECT json_build_object('min', min(price_amount), 'max', max(price_amount)) FROM chosen),
            'attributes', (
                SELECT coalesce(json_agg(f.facet ORDER BY f.name), '[]') FROM (
                    SELECT name, json_build_object('name', name, 'values', json_agg(
                        json_build_object('value', value, 'count', count) ORDER BY count DESC, value)) AS facet
                    FROM ranked WHERE place <= {MAX_FACET_VALUES} GROUP BY name ORDER BY name LIMIT {MAX_FACETS}
                ) f
            )
        )"""  # noqa: S608  (only our own constants; values are bound)
    return sql, parameters


PRODUCT_SQL = """
    SELECT json_build_object(
        'id', p.id, 'slug', p.slug, 'name', p.name, 'vendor', p.vendor,
        'description', p.description, 'tags', p.tags,
        'seo', json_build_object('title', p.seo_title, 'description', p.seo_description),
        'published_at', to_char(p.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'category', (
            SELECT json_build_object('slug', c.slug, 'name', c.name, 'path', c.path)
            FROM catalog_category c WHERE c.tenant_id = p.tenant_id AND c.id = p.category_id
        ),
        'price', json_build_object('amount', o.price_amount, 'currency', o.currency),
        'compare_at_price', CASE WHEN o.compare_at_amount > o.price_amount THEN
            json_build_object('amount', o.compare_at_amount, 'currency', o.currency) END,
        'price_varies', o.price_varies,
        'in_stock', o.in_stock,
        'images', (
            SELECT coalesce(json_agg(json_build_object(
                'id', i.id, 'url', coalesce(k.largest ->> 'url', i.url), 'alt', i.alt,
                'width', coalesce((k.largest ->> 'width')::int, i.width),
                'height', coalesce((k.largest ->> 'height')::int, i.height),
                'variants', coalesce(k.renditions, '[]')
            ) ORDER BY i.position, i.id), '[]')
            FROM catalog_productimage i LEFT JOIN LATERAL (
                SELECT m.renditions, m.renditions -> -1 AS largest FROM catalog_picture m
                WHERE m.tenant_id = i.tenant_id AND m.url = i.url AND m.sha256 <> ''
            ) k ON true
            WHERE i.tenant_id = p.tenant_id AND i.product_id = p.id
        ),
        'attributes', (
            SELECT coalesce(json_agg(json_build_object(
                'name', a.name, 'label', a.label, 'value', pa.value) ORDER BY a.label, pa.value), '[]')
            FROM catalog_productattribute pa
            JOIN catalog_attribute a ON a.tenant_id = pa.tenant_id AND a.id = pa.attribute_id
            WHERE pa.tenant_id = p.tenant_id AND pa.product_id = p.id
        ),
        'option_names', p.option_names,
        'variants', o.variants
    )
    FROM catalog_product p
    CROSS JOIN LATERAL (
        SELECT
            min(v.price_amount) AS price_amount,
            min(v.price_amount) <> max(v.price_amount) AS price_varies,
            (array_agg(v.compare_at_amount ORDER BY v.price_amount, v.position))[1] AS compare_at_amount,
            min(v.currency) AS currency,
            bool_or(NOT v.is_stock_tracked OR v.stock_quantity > 0
                OR v.sells_when_out_of_stock AND coalesce(v.stock_quantity + v.backorder_limit > 0, true)) AS in_stock,
            json_agg(json_build_object(
                'id', v.id, 'sku', v.sku, 'barcode', v.barcode, 'option_values', v.option_values,
                'price', json_build_object('amount', v.price_amount, 'currency', v.currency),
                'compare_at_price', CASE WHEN v.compare_at_amount > v.price_amount THEN
                    json_build_object('amount', v.compare_at_amount, 'currency', v.currency) END,
                'available', CASE WHEN v.is_stock_tracked THEN greatest(v.stock_quantity, 0) END,
                'in_stock', NOT v.is_stock_tracked OR v.stock_quantity > 0
                    OR v.sells_when_out_of_stock AND coalesce(v.stock_quantity + v.backorder_limit > 0, true),
                'weight_grams', v.weight_grams,
                'image_id', v.image_id
            ) ORDER BY v.position, v.id) AS variants
        FROM catalog_variant v WHERE v.tenant_id = p.tenant_id AND v.product_id = p.id
        HAVING count(*) > 0
    ) o
    WHERE p.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND p.slug = %(slug)s AND p.status = 'published' AND p.archived_at IS NULL
"""

AVAILABILITY_SQL = """
    SELECT json_build_object(
        'available', CASE WHEN v.is_stock_tracked THEN greatest(v.stock_quantity, 0) END,
        'in_stock', NOT v.is_stock_tracked OR v.stock_quantity > 0
            OR v.sells_when_out_of_stock AND coalesce(v.stock_quantity + v.backorder_limit > 0, true)
    )
    FROM catalog_variant v
    JOIN catalog_product p ON p.tenant_id = v.tenant_id AND p.id = v.product_id
    WHERE v.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND v.id = %(variant_id)s AND p.status = 'published' AND p.archived_at IS NULL
"""

CATEGORIES_SQL = """
    SELECT json_build_object(
        'id', c.id, 'parent_id', c.parent_id, 'slug', c.slug, 'path', c.path, 'name', c.name,
        'product_count', (
            SELECT count(*) FROM catalog_placement p WHERE p.tenant_id = c.tenant_id AND p.category_id = c.id
        )
    )
    FROM catalog_category c
    WHERE c.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND c.archived_at IS NULL
    ORDER BY c.position, c.name, c.id
"""

VERSION_SQL = """
    SELECT c.kind, sum(c.changes) FROM catalog_cataloguechange c
    WHERE c.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
    GROUP BY c.kind
"""
