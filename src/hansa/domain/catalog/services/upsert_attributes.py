"""Filterable facts of products: the file's values take the place of the stored ones, fact by fact."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from hansa.domain.catalog.services.upsert_ids import IdSeries
from hansa.domain.catalog.services.upsert_rows import ProductRows
from hansa.domain.catalog.text import slugify
from hansa.kernel.tenancy import get_current_tenant

_MAX_NAME_CHARACTERS = 100
_MAX_VALUE_CHARACTERS = 255

type Fact = tuple[UUID, str]
"""Product and attribute name."""


def write_attributes(plans: Sequence[ProductRows], new_id: IdSeries) -> None:
    """Write the attributes that the drafts name, and note in each plan whether they changed."""
    wanted: dict[Fact, set[str]] = {}
    labels: dict[str, str] = {}
    stored_ids = []
    name_of = cache(partial(slugify, max_characters=_MAX_NAME_CHARACTERS))
    for plan in plans:
        for label, values in (plan.draft.attributes or {}).items():
            name = name_of(label)
            if values or plan.stored is not None:
                wanted[plan.product.id, name] = {value[:_MAX_VALUE_CHARACTERS] for value in values if value}
            if values:
                labels.setdefault(name, label[:200])
        if plan.draft.attributes and plan.stored is not None:
            stored_ids.append(plan.product.id)
    if not wanted:
        return
    with connection.cursor() as cursor:
        stored = _stored(cursor, stored_ids)
        gone = [(*fact, value) for fact, values in wanted.items() for value in stored.get(fact, set()) - values]
        new = [(*fact, value) for fact, values in wanted.items() for value in sorted(values - stored.get(fact, set()))]
        _delete(cursor, gone)
        _insert(cursor, new, labels, new_id)
    changed = {product_id for product_id, _, _ in (*gone, *new)}
    for plan in plans:
        plan.are_attributes_changed = plan.product.id in changed


def write_new_attributes(products: Iterable[tuple[UUID, Mapping[str, tuple[str, ...]] | None]]) -> None:
    """Write the attributes of products that had none."""
    labels: dict[str, str] = {}
    facts: dict[tuple[UUID, str, str], None] = {}
    name_of = cache(partial(slugify, max_characters=_MAX_NAME_CHARACTERS))
    for product_id, attributes in products:
        of_product: dict[str, set[str]] = {}
        for label, values in (attributes or {}).items():
            if values:
                name = name_of(label)
                labels.setdefault(name, label[:200])
                of_product[name] = {value[:_MAX_VALUE_CHARACTERS] for value in values if value}
        for name, kept in of_product.items():
            facts.update(((product_id, name, value), None) for value in sorted(kept))
    if facts:
        with connection.cursor() as cursor:
            _insert(cursor, list(facts), labels, IdSeries())


def _stored(cursor: CursorWrapper, product_ids: list[UUID]) -> dict[Fact, set[str]]:
    if not product_ids:
        return {}
    cursor.execute(
        "SELECT pa.product_id, a.name, pa.value FROM catalog_productattribute pa"
        " JOIN catalog_attribute a ON a.tenant_id = pa.tenant_id AND a.id = pa.attribute_id"
        " WHERE pa.tenant_id = %s AND pa.product_id = ANY(%s)",
        [get_current_tenant().id, product_ids],
    )
    stored: dict[Fact, set[str]] = {}
    for product_id, name, value in cursor.fetchall():
        stored.setdefault((product_id, name), set()).add(value)
    return stored


def _delete(cursor: CursorWrapper, facts: list[tuple[UUID, str, str]]) -> None:
    if not facts:
        return
    products, names, values = zip(*facts, strict=True)
    cursor.execute(
        "DELETE FROM catalog_productattribute pa USING catalog_attribute a,"
        " unnest(%s::uuid[], %s::text[], %s::text[]) AS gone (product_id, name, value)"
        " WHERE pa.tenant_id = %s AND a.tenant_id = pa.tenant_id AND a.id = pa.attribute_id"
        " AND pa.product_id = gone.product_id AND a.name = gone.name AND pa.value = gone.value",
        [list(products), list(names), list(values), get_current_tenant().id],
    )


def _insert(
    cursor: CursorWrapper, facts: list[tuple[UUID, str, str]], labels: dict[str, str], new_id: IdSeries
) -> None:
    if not facts:
        return
    tenant_id = get_current_tenant().id
    names = sorted({name for _, name, _ in facts})
    cursor.execute(
        "INSERT INTO catalog_attribute (tenant_id, id, name, label, is_filterable)"
        " SELECT %s, a.*, true FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS a ON CONFLICT DO NOTHING",
        [tenant_id, [new_id() for _ in names], names, [labels[name] for name in names]],
    )
    cursor.execute("SELECT name, id FROM catalog_attribute WHERE tenant_id = %s AND name = ANY(%s)", [tenant_id, names])
    ids = dict(cursor.fetchall())
    cursor.execute(
        "INSERT INTO catalog_productattribute (tenant_id, id, product_id, attribute_id, value)"
        " SELECT %s, f.* FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[]) AS f ON CONFLICT DO NOTHING",
        [
            *(tenant_id, [new_id() for _ in facts], [product_id for product_id, _, _ in facts]),
            *([ids[name] for _, name, _ in facts], [value for _, _, value in facts]),
        ],
    )
