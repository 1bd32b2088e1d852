"""Save a product."""

from collections.abc import Collection
from datetime import datetime

from hansa.domain.catalog import text
from hansa.domain.catalog.errors import InvalidProduct
from hansa.domain.catalog.models import MAX_DESCRIPTION_CHARACTERS, MAX_OPTIONS, Product
from hansa.domain.catalog.services.locks import hold_category, lock_product
from hansa.domain.catalog.services.settle_products import settle_products
from hansa.domain.catalog.services.slugs import write_with_free_slug
from hansa.domain.catalog.services.violations import check_fields, check_metadata, named_violations
from hansa.kernel.errors import FieldError
from hansa.kernel.transactions import transaction

MAX_TAGS = 250
_SLUG_CHARACTERS = 300


def save_product(*, product: Product, now: datetime) -> Product:
    """Save a product whose fields somebody has set, new or changed, with all that follows from them.

    The description is sanitised, a published product gets its day, and the address is made from
    the name: it follows the name until the product is first published, then it stays. Raises
    InvalidProduct, ProductNotFound, CategoryNotFound. Locks the product and its category.
    """
    check_product(product)
    with named_violations(), transaction():
        stored = None if product._state.adding else lock_product(product.pk)  # noqa: SLF001  (Django's own)
        if product.category_id and (stored is None or stored.category_id != product.category_id):
            hold_category(product.category_id)
        product.description = text.sanitise_html(product.description)
        if product.status == Product.Status.PUBLISHED and product.published_at is None:
            product.published_at = now
        if stored is None or _is_renamed_draft(stored, product):
            _write_with_slug(product)
        else:
            product.slug = stored.slug
            product.save(force_update=True)
        settle_products(product_ids=[product.pk], now=now)
        product.refresh_from_db()
    return product


def check_product(product: Product) -> None:
    """Raise InvalidProduct when a field cannot be stored as it is."""
    product.name = product.name.strip() if isinstance(product.name, str) else product.name
    product.tags = list(dict.fromkeys(tag.strip() for tag in product.tags if tag.strip()))
    product.option_names = [name.strip() for name in product.option_names]
    check_metadata(product.metadata)
    check_fields(product, InvalidProduct, exclude=("slug", "metadata", "search_text"))
    if not text.is_visible(product.name):
        message = "The name has nothing in it that people can see. Write one."
        raise _refused(message, field="name")
    if len(product.description) > MAX_DESCRIPTION_CHARACTERS:
        message = f"The description is longer than {MAX_DESCRIPTION_CHARACTERS} characters. Shorten it."
        raise _refused(message, field="description")
    if len(product.tags) > MAX_TAGS:
        message = f"A product takes at most {MAX_TAGS} tags."
        raise _refused(message, field="tags")
    names = [name.casefold() for name in product.option_names]
    if len(names) > MAX_OPTIONS or len(set(names)) < len(names) or not all(map(text.is_visible, names)):
        message = f"Name at most {MAX_OPTIONS} options, each once, such as Size and Colour."
        raise _refused(message, field="option_names")


def find_taken_slugs(slugs: Collection[str]) -> set[str]:
    """Return those of `slugs` that a live product has."""
    return set(Product.objects.filter(archived_at=None, slug__in=slugs).values_list("slug", flat=True))


def _write_with_slug(product: Product) -> None:
    is_new = product._state.adding  # noqa: SLF001  (Django's own)

    def write(slug: str) -> None:
        product.slug = slug
        product.save(force_insert=is_new, force_update=not is_new)

    write_with_free_slug(
        text.slugify(product.name),
        constraint="catalog_product_slug",
        max_characters=_SLUG_CHARACTERS,
        write=write,
        find_taken=find_taken_slugs,
    )


def _is_renamed_draft(stored: Product, product: Product) -> bool:
    """Say whether the address may still follow the name: no shopper has ever seen it."""
    return stored.published_at is None and text.slugify(stored.name) != text.slugify(product.name)


def _refused(message: str, *, field: str) -> InvalidProduct:
    return InvalidProduct(message, errors=(FieldError(field, InvalidProduct.code, message),))
