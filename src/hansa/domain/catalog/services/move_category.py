"""Rename a category, or move it with all that stands below it."""

from uuid import UUID

from django.db.models import F, Max, Value
from django.db.models.functions import Concat, Length, Now, Substr

from hansa.domain.catalog.errors import CategoryCycle, CategoryNotFound, InvalidCategory
from hansa.domain.catalog.models import Category, Product
from hansa.domain.catalog.services.create_category import MAX_PATH_CHARACTERS, get_live_category, name_category
from hansa.domain.catalog.services.listing import refresh_listing
from hansa.domain.catalog.services.locks import lock_category_tree, lock_subtree
from hansa.domain.catalog.services.violations import check_fields, named_violations
from hansa.kernel.transactions import transaction


def rename_category(*, category_id: UUID, name: str) -> Category:
    """Give a category another name, and with it another slug and path; all below it follow.

    The listings of all products on these shelves are refreshed. Raises CategoryNotFound,
    InvalidCategory, NameTaken. Locks the category tree and the subtree's rows.
    """
    with named_violations(), transaction():
        category = _lock(category_id)
        category.name = name.strip()
        parent = None if category.parent_id is None else get_live_category(category.parent_id)
        return _place(category, parent)


def move_category(*, category_id: UUID, parent_id: UUID | None, position: int | None = None) -> Category:
    """Put a category, with all that stands below it, under `parent_id`, or at the root.

    `position` is its place among its siblings; None leaves the number as it is. Paths of the
    subtree are written in one statement and the listings of its products refreshed. Raises
    CategoryNotFound, CategoryCycle, NameTaken. Locks the category tree and the subtree's rows.
    """
    with named_violations(), transaction():
        category = _lock(category_id)
        parent = None if parent_id is None else get_live_category(parent_id)
        if parent and (parent.pk == category.pk or parent.path.startswith(f"{category.path}/")):
            message = f"“{category.name}” cannot be moved into “{parent.name}”, which stands inside it."
            raise CategoryCycle(message)
        category.parent = parent
        if position is not None:
            category.position = position
        return _place(category, parent)


def _lock(category_id: UUID) -> Category:
    """Lock the tree and the category with all below it. Raises CategoryNotFound, also for an archived one."""
    lock_category_tree()
    category = Category.objects.filter(pk=category_id, archived_at=None).first()
    if category is None:
        message = f"There is no category with the id {category_id} in this shop's tree."
        raise CategoryNotFound(message)
    lock_subtree(category)
    return category


def _place(category: Category, parent: Category | None) -> Category:
    """Write the category with the slug and path that its name and parent make, and let the subtree follow."""
    old_path = category.path
    name_category(category, parent)
    check_fields(category, InvalidCategory)
    category.save(update_fields=["name", "slug", "path", "parent", "position", "updated_at"])
    if category.path != old_path:
        _move_paths(old_path, category.path)
    refresh_subtree(category)
    return category


def _move_paths(old_path: str, new_path: str) -> None:
    """Replace the beginning of all descendants' paths, in one statement. Raises InvalidCategory."""
    below = Category.objects.filter(path__startswith=f"{old_path}/", archived_at=None)
    longest = below.aggregate(longest=Max(Length("path")))["longest"] or 0
    if longest + len(new_path) - len(old_path) > MAX_PATH_CHARACTERS:
        message = "The categories below it would stand too deep in the tree. Choose a place nearer to the root."
        raise InvalidCategory(message)
    below.update(path=Concat(Value(new_path), Substr(F("path"), len(old_path) + 1)), updated_at=Now())


def refresh_subtree(category: Category) -> None:
    """Refresh the listing of every product on this shelf and on all shelves below it."""
    shelves = Category.objects.filter(path__startswith=f"{category.path}/", archived_at=None).values("pk")
    here = Product.objects.filter(category=category.pk).values_list("pk", flat=True)
    below = Product.objects.filter(category__in=shelves).values_list("pk", flat=True)
    refresh_listing([*here, *below])
