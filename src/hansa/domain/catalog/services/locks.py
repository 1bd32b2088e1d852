"""Who waits for whom when the catalogue is written.

Note [Locks of the catalogue]: the listing is derived from rows of several tables, so two
transactions that write the same product must not derive it at the same time: the later one would
not see what the earlier one has not committed. Hence the order, the same everywhere:

  1. the tenant's category tree, as one advisory lock, by whoever changes the tree, and by an import
     whose products name categories: it finds shelves by their paths, makes those that are missing, and
     fills them, and none of them may be renamed or archived in between,
  2. product rows, in the order of their ids, by whoever writes a product or what hangs on it,
  3. category rows: FOR KEY SHARE by whoever puts a product on the shelf or derives its listing,
     FOR UPDATE by whoever renames, moves, archives or deletes the shelf. They exclude each other.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection

from hansa.domain.catalog.errors import CategoryNotFound, ProductNotFound
from hansa.domain.catalog.models import Category, Product
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def lock_products(product_ids: Collection[UUID]) -> list[Product]:
    """Lock these products until the transaction ends, hold their shelves, and return them by id.

    Raises ProductNotFound. See Note [Locks of the catalogue].
    """
    products = lock_products_that_exist(product_ids)
    if missing := set(product_ids).difference(product.pk for product in products):
        message = f"There is no product with the id {min(missing)}."
        raise ProductNotFound(message)
    return products


@requires_transaction
def lock_products_that_exist(product_ids: Collection[UUID]) -> list[Product]:
    """Do the same, and pass over ids of products that are gone."""
    products = list(Product.objects.select_for_update(no_key=True).filter(pk__in=product_ids).order_by("pk"))
    hold_categories({product.category_id for product in products if product.category_id})
    return products


def lock_product(product_id: UUID) -> Product:
    """Lock one product until the transaction ends. Raises ProductNotFound."""
    (product,) = lock_products([product_id])
    return product


@requires_transaction
def hold_categories(category_ids: Collection[UUID]) -> set[UUID]:
    """Keep these categories as they are until the transaction ends; returns the ids of those in the tree."""
    if not category_ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM catalog_category WHERE tenant_id = %s AND id = ANY(%s) AND archived_at IS NULL"
            " ORDER BY id FOR KEY SHARE",
            [get_current_tenant().id, list(category_ids)],
        )
        return {category_id for (category_id,) in cursor.fetchall()}


def hold_category(category_id: UUID) -> None:
    """Keep one category as it is until the transaction ends. Raises CategoryNotFound, also for an archived one."""
    if not hold_categories([category_id]):
        message = f"There is no category with the id {category_id} in this shop's tree."
        raise CategoryNotFound(message)


@requires_transaction
def lock_category_tree() -> None:
    """Let one transaction at a time change the shape of this tenant's category tree."""
    with connection.cursor() as cursor:
        key = f"hansa.catalog.tree/{get_current_tenant().id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def lock_category(category_id: UUID) -> Category:
    """Lock one category, archived or not, until the transaction ends. Raises CategoryNotFound."""
    category = Category.objects.select_for_update().filter(pk=category_id).first()
    if category is None:
        message = f"There is no category with the id {category_id}."
        raise CategoryNotFound(message)
    return category


def lock_subtree(category: Category) -> list[UUID]:
    """Lock the category and all below it until the transaction ends; returns their ids."""
    subtree = Category.objects.select_for_update().filter(archived_at=None)
    below: Iterable[UUID] = (
        subtree.filter(path__startswith=f"{category.path}/").order_by("pk").values_list("pk", flat=True)
    )
    return [category.pk, *below]
