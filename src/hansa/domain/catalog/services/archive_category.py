"""Archive, restore or delete a category: only when nothing stands on it."""

from datetime import datetime
from uuid import UUID

from hansa.domain.catalog.errors import CategoryNotEmpty
from hansa.domain.catalog.models import Category, Product
from hansa.domain.catalog.services.create_category import get_live_category, name_category
from hansa.domain.catalog.services.locks import lock_category, lock_category_tree
from hansa.domain.catalog.services.violations import named_violations
from hansa.kernel.transactions import transaction


def archive_category(*, category_id: UUID, now: datetime) -> Category:
    """Take an empty category out of the tree; its name becomes free again.

    Raises CategoryNotFound, and CategoryNotEmpty while products or categories stand on it. Locks
    the category tree and the category.
    """
    with transaction():
        lock_category_tree()
        category = lock_category(category_id)
        if category.archived_at is None:
            products = Product.objects.filter(category=category_id, archived_at=None).count()
            children = Category.objects.filter(parent=category_id, archived_at=None).count()
            _refuse_unless_empty(category, products, children)
            category.archived_at = now
            category.save(update_fields=["archived_at", "updated_at"])
    return category


def restore_category(*, category_id: UUID) -> Category:
    """Bring an archived category back to its place in the tree.

    Raises CategoryNotFound, also when its parent is archived, and NameTaken when another of its
    name stands there now. Locks the category tree and the category.
    """
    with named_violations(), transaction():
        lock_category_tree()
        category = lock_category(category_id)
        if category.archived_at is not None:
            parent = get_live_category(category.parent_id) if category.parent_id else None
            name_category(category, parent)
            category.archived_at = None
            category.save(update_fields=["archived_at", "slug", "path", "updated_at"])
    return category


def delete_category(*, category_id: UUID) -> None:
    """Delete a category for good; archived products and categories count too, for they could come back.

    Raises CategoryNotFound, CategoryNotEmpty: `reassign_category` empties a shelf. Locks the
    category tree and the category.
    """
    with transaction():
        lock_category_tree()
        category = lock_category(category_id)
        check_category_is_empty(category)
        category.delete()


def check_category_is_empty(category: Category) -> None:
    """Raise CategoryNotEmpty, with the numbers, when anything, archived or not, stands on the category."""
    products = Product.objects.filter(category=category.pk).count()
    children = Category.objects.filter(parent=category.pk).count()
    _refuse_unless_empty(category, products, children)


def _refuse_unless_empty(category: Category, products: int, children: int) -> None:
    held = [
        f"{number} {singular if number == 1 else plural}"
        for number, singular, plural in ((products, "product", "products"), (children, "category", "categories"))
        if number
    ]
    if held:
        message = f"“{category.name}” still holds {' and '.join(held)}. Move them to another category first."
        raise CategoryNotEmpty(message)
