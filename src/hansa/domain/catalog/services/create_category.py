"""Create a category."""

from uuid import UUID

from django.db.models import Max

from hansa.domain.catalog import text
from hansa.domain.catalog.errors import CategoryNotFound, InvalidCategory
from hansa.domain.catalog.models import Category
from hansa.domain.catalog.services.locks import lock_category_tree
from hansa.domain.catalog.services.violations import check_fields, named_violations
from hansa.kernel.errors import FieldError
from hansa.kernel.transactions import transaction

_SLUG_CHARACTERS = 200
MAX_PATH_CHARACTERS = 1000


def create_category(*, name: str, parent_id: UUID | None = None, position: int | None = None) -> Category:
    """Create a category under `parent_id`, or at the root; without a position it stands last.

    Its slug is made from its name and is unique beside its siblings. Raises InvalidCategory,
    NameTaken, CategoryNotFound. Locks the category tree.
    """
    with named_violations(), transaction():
        lock_category_tree()
        parent = None if parent_id is None else get_live_category(parent_id)
        category = Category(parent=parent, name=name.strip())
        name_category(category, parent)
        siblings = Category.objects.filter(parent=parent, archived_at=None)
        last = siblings.aggregate(last=Max("position"))["last"]
        category.position = position if position is not None else 0 if last is None else last + 1
        check_fields(category, InvalidCategory)
        category.save(force_insert=True)
    return category


def name_category(category: Category, parent: Category | None) -> None:
    """Give the category the slug and the path that its name and place make. Raises InvalidCategory."""
    if not text.is_visible(category.name):
        message = "A category needs a name that people can see."
        raise _refused(message, field="name")
    category.slug = text.slugify(category.name, max_characters=_SLUG_CHARACTERS)
    category.path = f"{parent.path}/{category.slug}" if parent else category.slug
    if len(category.path) > MAX_PATH_CHARACTERS:
        message = "The category would stand too deep in the tree. Choose a place nearer to the root."
        raise _refused(message, field="parent")


def get_live_category(category_id: UUID) -> Category:
    """Return a category of the tree. Raises CategoryNotFound, also for an archived one."""
    category = Category.objects.filter(pk=category_id, archived_at=None).first()
    if category is None:
        message = f"There is no category with the id {category_id} in this shop's tree."
        raise CategoryNotFound(message)
    return category


def _refused(message: str, *, field: str) -> InvalidCategory:
    return InvalidCategory(message, errors=(FieldError(field, InvalidCategory.code, message),))
