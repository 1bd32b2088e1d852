"""Set the variants of a product.

Note [Stock is edited by differences]: while a form is open, and between reading a variant and locking its
product, pieces are sold and the inventory publishes fewer. Whoever then saves the number that was
shown means "I changed nothing", and whoever turned a 5 into an 8 means "three more". So a form says
which stock was seen, and the difference goes onto what is stored now. Whoever says no such thing sets
the number itself.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.db.models import F, Func, TextField
from django.db.models.functions import Cast

from hansa.domain.catalog.errors import InvalidProduct, NothingToSell, TooManyVariants
from hansa.domain.catalog.models import MAX_VARIANTS, Product, ProductImage, Variant
from hansa.domain.catalog.services.locks import lock_product
from hansa.domain.catalog.services.settle_products import settle_products
from hansa.domain.catalog.services.violations import check_fields, check_metadata, named_violations
from hansa.domain.catalog.signals import tell_stock_published
from hansa.domain.catalog.text import is_visible
from hansa.domain.catalog.types import VariantDraft
from hansa.kernel.errors import FieldError
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction

_COLUMNS = (
    *("option_values", "position", "sku", "barcode", "currency", "price_amount", "compare_at_amount"),
    *("is_stock_tracked", "stock_quantity", "sells_when_out_of_stock", "weight_grams", "requires_shipping"),
    *("is_taxable", "image", "metadata", "updated_at"),
)
_NOT_COLUMNS = {"option_values", "clears_compare_at", "image_url", "metadata"}


def set_variants(*, product_id: UUID, variants: Sequence[VariantDraft], now: datetime) -> list[Variant]:
    """Make the product have exactly these variants, in this order: create, update and delete by option values.

    A variant is known by its option values, so one that stays keeps its id. Raises
    ProductNotFound, InvalidProduct, TooManyVariants, NothingToSell. Locks the product.
    """
    with transaction():
        product = lock_product(product_id)
        stored = {tuple(variant.option_values): variant for variant in product.variants.all()}
        pictures = dict(product.images.values_list("url", "pk"))
        wanted = []
        for position, draft in enumerate(variants, start=1):
            variant = stored.pop(draft.option_values, None) or Variant(product=product)
            _apply(variant, draft, position, pictures)
            wanted.append(variant)
        return save_variants(product=product, saved=wanted, deleted=list(stored.values()), now=now)


def save_variants(
    *,
    product: Product,
    saved: Sequence[Variant],
    deleted: Sequence[Variant],
    now: datetime,
    seen_stock: Mapping[UUID, int] = MappingProxyType({}),
) -> list[Variant]:
    """Save variants whose fields somebody has set, new or changed, and delete others; returns the saved.

    Two variants may swap their option values. `seen_stock` is the stock (pieces, by variant) that was
    shown to whoever edited it: then the difference counts. Raises ProductNotFound, InvalidProduct,
    TooManyVariants, and NothingToSell when a published product would lose its last one. Locks the
    product.
    """
    with named_violations(), transaction():
        stored_product = lock_product(product.pk)
        for variant in saved:
            _check(variant, stored_product)
            variant.currency, variant.updated_at = get_current_tenant().currency, now
        _refuse_twins(saved)
        _refuse_foreign_pictures(saved, stored_product)
        _follow_sales(saved, seen_stock)
        Variant.objects.filter(product=product.pk, pk__in=[variant.pk for variant in deleted]).delete()
        new = [variant for variant in saved if variant._state.adding]  # noqa: SLF001  (Django's own)
        changed = [variant for variant in saved if not variant._state.adding]  # noqa: SLF001
        _make_room(changed)
        Variant.objects.bulk_update(changed, _COLUMNS, batch_size=200)
        Variant.objects.bulk_create(new, batch_size=500)
        _check_number(stored_product)
        settle_products(product_ids=[product.pk], now=now)
        tell_stock_published(Variant, [variant.pk for variant in changed])
    return list(saved)


def check_option_values(*, product: Product) -> None:
    """Raise InvalidProduct unless every stored variant has one value for each of the product's options.

    For those who write a product and its variants one after the other in one transaction.
    """
    names = product.option_names
    for variant in Variant.objects.filter(product=product.pk):
        _check_option_values(variant, names)


def _apply(variant: Variant, draft: VariantDraft, position: int, pictures: dict[str, UUID]) -> None:
    """Write what the draft says onto the variant; what it says nothing about stays."""
    variant.option_values, variant.position = list(draft.option_values), position
    for field in fields(VariantDraft):
        value = getattr(draft, field.name)
        if field.name not in _NOT_COLUMNS and value is not None:
            setattr(variant, field.name, value)
    if draft.metadata is not None:
        variant.metadata = dict(draft.metadata)
    if draft.clears_compare_at:
        variant.compare_at_amount = None
    if draft.image_url is not None:
        if draft.image_url not in pictures:
            message = f"The product has no picture {draft.image_url[:200]!r}. Add it first."
            raise InvalidProduct(message, errors=(FieldError("image_url", InvalidProduct.code, message),))
        variant.image_id = pictures[draft.image_url]


def _check(variant: Variant, product: Product) -> None:
    """Raise InvalidProduct when the variant cannot be stored as it is."""
    variant.product = product
    variant.option_values = [value.strip() for value in variant.option_values]
    variant.sku, variant.barcode = variant.sku.strip(), variant.barcode.strip()
    check_metadata(variant.metadata)
    check_fields(variant, InvalidProduct, exclude=("currency", "metadata"))
    _check_option_values(variant, product.option_names)


def _check_option_values(variant: Variant, names: Sequence[str]) -> None:
    if len(variant.option_values) != len(names) or not all(map(is_visible, variant.option_values)):
        asked = f"one value for each option ({', '.join(names)})" if names else "no option value: there are no options"
        message = f"The variant “{variant}” needs {asked}."
        raise InvalidProduct(message, errors=(FieldError("option_values", InvalidProduct.code, message),))


def _refuse_twins(variants: Sequence[Variant]) -> None:
    times = Counter(tuple(variant.option_values) for variant in variants)
    twins = [" / ".join(values) or "without options" for values, number in times.items() if number > 1]
    if twins:
        message = f"Two variants are both “{twins[0]}”. Each needs option values of its own."
        raise InvalidProduct(message, errors=(FieldError("option_values", InvalidProduct.code, message),))


def _refuse_foreign_pictures(variants: Sequence[Variant], product: Product) -> None:
    wanted = {variant.image_id for variant in variants if variant.image_id}
    own = ProductImage.objects.filter(pk__in=wanted, product=product.pk).count() if wanted else 0
    if own < len(wanted):
        message = f"A variant's picture must be one of the pictures of “{product.name}”."
        raise InvalidProduct(message, errors=(FieldError("image", InvalidProduct.code, message),))


def _follow_sales(variants: Sequence[Variant], seen_stock: Mapping[UUID, int]) -> None:
    """Put what was edited onto the stock that is stored now. See Note [Stock is edited by differences]."""
    if not seen_stock:
        return
    stored = dict(Variant.objects.filter(pk__in=seen_stock).values_list("pk", "stock_quantity"))
    for variant in variants:
        if variant.pk in stored:
            variant.stock_quantity += stored[variant.pk] - seen_stock[variant.pk]


def _make_room(changed: Sequence[Variant]) -> None:
    """Take the old option values away from variants that get new ones, so that two can swap theirs.

    The unique constraint is checked row by row, so a swap would meet itself halfway.
    """
    stored = dict(Variant.objects.filter(pk__in=[v.pk for v in changed]).values_list("pk", "option_values"))
    moving = [variant.pk for variant in changed if stored.get(variant.pk) != variant.option_values]
    own_id = Func(Cast(F("id"), TextField()), template="ARRAY[%(expressions)s]::varchar[]")
    Variant.objects.filter(pk__in=moving).update(option_values=own_id)


def _check_number(product: Product) -> None:
    number = Variant.objects.filter(product=product.pk).count()
    if number > MAX_VARIANTS:
        message = f"A product takes at most {MAX_VARIANTS} variants; this one would have {number}."
        raise TooManyVariants(message)
    if number == 0 and product.status == Product.Status.PUBLISHED:
        message = f"“{product.name}” is on sale and needs at least one variant. Unpublish it first."
        raise NothingToSell(message)
