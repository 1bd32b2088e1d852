"""Categories by the path of their names, made where they are missing."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from hansa.domain.catalog.text import slugify
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import get_current_tenant

MAX_PATH_CHARACTERS = 1000
_MAX_SLUG_CHARACTERS = 200

type Names = tuple[str, ...]


def category_path(names: Names) -> str:
    """Return the address of a category: the slugs of `names` from the root, `kitchen/ceramics`."""
    return "/".join(slugify(name, max_characters=_MAX_SLUG_CHARACTERS) for name in names)


def upsert_categories(wanted: Iterable[Names]) -> dict[Names, UUID]:
    """Return the category of each path of names; those that are missing are made, from the root down.

    Names that give the same slug beside each other are the same category.
    """
    paths = {names: category_path(names) for names in wanted if names}
    if not paths:
        return {}
    names_by_path = {
        category_path(names[:depth]): names[:depth] for names in paths for depth in range(1, len(names) + 1)
    }
    ids = _find(names_by_path)
    missing = sorted(names_by_path.keys() - ids.keys(), key=lambda path: (path.count("/"), path))
    if missing:
        _create(missing, names_by_path, ids)
        ids = _find(names_by_path)  # another process may have been first
    return {names: ids[path] for names, path in paths.items()}


def _find(paths: Iterable[str]) -> dict[str, UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT path, id FROM catalog_category WHERE tenant_id = %s AND archived_at IS NULL AND path = ANY(%s)",
            [get_current_tenant().id, list(paths)],
        )
        return dict(cursor.fetchall())


def _create(missing: list[str], names_by_path: dict[str, Names], found: dict[str, UUID]) -> None:
    ids = dict(found)
    rows = []
    for path in missing:
        parent, _, slug = path.rpartition("/")
        ids[path] = uuid7()
        rows.append((ids[path], ids[parent] if parent else None, names_by_path[path][-1], slug, path))
    ids_, parents, names, slugs, paths = zip(*rows, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalog_category (tenant_id, id, parent_id, name, slug, path, position)"
            " SELECT %s, c.*, 0 FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[]) AS c"
            " ON CONFLICT DO NOTHING",
            [get_current_tenant().id, list(ids_), list(parents), list(names), list(slugs), list(paths)],
        )
