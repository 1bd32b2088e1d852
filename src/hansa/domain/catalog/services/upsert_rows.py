"""A draft and what is stored become the rows to write, or the reason why they cannot. No database here."""

import dataclasses
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from hansa.domain.catalog.models import (
    MAX_DESCRIPTION_CHARACTERS,
    MAX_IMAGES,
    MAX_METADATA_BYTES,
    MAX_OPTIONS,
    MAX_VARIANTS,
)
from hansa.domain.catalog.services.upsert_ids import IdSeries
from hansa.domain.catalog.services.upsert_stored import StoredImage, StoredProduct, StoredVariant
from hansa.domain.catalog.text import is_visible, sanitise_html, search_text
from hansa.domain.catalog.types import ImageDraft, ProductDraft, VariantDraft
from hansa.kernel.money import MAX_AMOUNT

_PRODUCT_LIMITS = {
    "source_key": 300,
    "name": 300,
    "description": MAX_DESCRIPTION_CHARACTERS,
    "vendor": 200,
    "seo_title": 300,
    "seo_description": 1000,
}
_LIST_LIMITS = {"tags": 255, "option_names": 100, "category_names": 200}
_VARIANT_LIMITS = {"sku": 255, "barcode": 64}
_MOST_INTEGER = 2**31 - 1

_VARIANT_FIELDS = (
    *("sku", "barcode", "price_amount", "is_stock_tracked", "stock_quantity", "sells_when_out_of_stock"),
    *("weight_grams", "requires_shipping", "is_taxable"),
)
_STOCK_FIELDS = ("is_stock_tracked", "stock_quantity", "sells_when_out_of_stock")


class Refused(Exception):
    """The product or the variant cannot be as the draft says."""


@dataclass(slots=True)
class ProductRows:
    """What to write for one draft."""

    draft: ProductDraft
    stored: StoredProduct | None
    product: StoredProduct
    new_id: IdSeries
    is_product_changed: bool
    new_images: list[StoredImage] = field(default_factory=list)
    changed_images: list[StoredImage] = field(default_factory=list)
    new_variants: list[StoredVariant] = field(default_factory=list)
    changed_variants: list[StoredVariant] = field(default_factory=list)
    restocked_variant_ids: list[UUID] = field(default_factory=list)
    """Those of `changed_variants` of which another number can be bought, as far as the file says."""
    refused_variants: dict[tuple[str, ...], str] = field(default_factory=dict)
    are_attributes_changed: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether anything of a stored product changes."""
        return (
            self.is_product_changed
            or self.are_attributes_changed
            or bool(self.new_images or self.changed_images or self.new_variants or self.changed_variants)
        )


def plan_product(
    draft: ProductDraft,
    stored: StoredProduct | None,
    *,
    slug: str,
    category_id: UUID | None,
    now: datetime,
    new_id: IdSeries,
) -> ProductRows:
    """Return the rows that make the catalogue say what `draft` says. Raises Refused.

    `category_id` counts only where the draft names a category; `slug` only for a new product.
    """
    _check_product(draft)
    if stored is None and draft.name is None:
        message = "The product is not in the shop yet, and the row has no title. Import it together with its first row."
        raise Refused(message)
    base = stored or _new_product(new_id(), draft.source_key, slug)
    product = _product(draft, base, category_id, now)
    rows = ProductRows(draft, stored, product, new_id, is_product_changed=False)
    _plan_images(rows)
    _plan_variants(rows)
    if not product.variants:
        raise Refused(next(iter(rows.refused_variants.values()), "The product is new and has no price. Write one."))
    product.search_text = search_text(
        product.name,
        product.vendor,
        product.tags,
        tuple(dict.fromkeys(variant.sku for variant in product.variants.values() if variant.sku)),
        product.description,
    )
    rows.is_product_changed = stored is None or _columns(product) != _columns(stored)
    return rows


def _product(draft: ProductDraft, base: StoredProduct, category_id: UUID | None, now: datetime) -> StoredProduct:
    """Return the product's row as it should be, the search text aside."""
    status = base.status
    if draft.is_published is not None:
        status = "published" if draft.is_published else "draft"
    return dataclasses.replace(
        base,
        source_key=draft.source_key,
        name=_kept(draft.name, base.name),
        category_id=base.category_id if draft.category_names is None else category_id,
        description=base.description if draft.description is None else str(sanitise_html(draft.description)),
        vendor=_kept(draft.vendor, base.vendor),
        tags=_kept(draft.tags, base.tags),
        option_names=_kept(draft.option_names, base.option_names),
        status=status,
        published_at=(base.published_at or now) if status == "published" else base.published_at,
        seo_title=_kept(draft.seo_title, base.seo_title),
        seo_description=_kept(draft.seo_description, base.seo_description),
        metadata=_merged(draft.metadata, base.metadata),
        archived_at=(base.archived_at or now) if draft.is_archived else base.archived_at,
        variants=dict(base.variants),
        images=dict(base.images),
    )


def _new_product(new_id: UUID, source_key: str, slug: str) -> StoredProduct:
    """Return the row of a product of which nothing is known yet."""
    return StoredProduct(
        id=new_id,
        source_key=source_key,
        slug=slug,
        name="",
        category_id=None,
        description="",
        vendor="",
        tags=(),
        option_names=(),
        status="draft",
        published_at=None,
        seo_title="",
        seo_description="",
        metadata={},
        search_text="",
        archived_at=None,
    )


def _kept[T](wanted: T | None, stored: T) -> T:
    """Return what the draft wants; what is stored when it says nothing."""
    return stored if wanted is None else wanted


def _merged(wanted: Any, stored: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401  (any mapping of JSON values)
    """Return the stored metadata with the draft's keys laid over it; a key that is None goes."""
    if not wanted:
        return stored
    merged = {key: value for key, value in (stored | dict(wanted)).items() if value is not None}
    # No character takes more than six bytes ("\\u0001"): most metadata need not be written out to be measured.
    if 6 * sum(len(key) + len(str(value)) + 1 for key, value in merged.items()) > MAX_METADATA_BYTES:
        size = len(json.dumps(merged, ensure_ascii=False).encode())
        if size > MAX_METADATA_BYTES:
            message = f"The additional columns hold {size:,} bytes; the most is {MAX_METADATA_BYTES:,}. Shorten them."
            raise Refused(message)
    return merged


def _columns(product: StoredProduct) -> tuple[Any, ...]:
    return (
        *(product.source_key, product.name, product.category_id, product.description, product.vendor, product.tags),
        *(product.option_names, product.status, product.published_at, product.seo_title, product.seo_description),
        *(product.metadata, product.search_text, product.archived_at),
    )


def _plan_images(rows: ProductRows) -> None:
    """Add the draft's images, and the pictures of variants that it does not list."""
    images = rows.product.images
    wanted = {image.url: image for image in rows.draft.images}
    for variant in rows.draft.variants:
        if variant.image_url and variant.image_url not in images:
            wanted.setdefault(variant.image_url, ImageDraft(variant.image_url))
    last = max((image.position for image in images.values()), default=0)
    for place, draft in enumerate(wanted.values(), 1):
        stored = images.get(draft.url)
        if stored is None:
            position = last + place if draft.position is None else draft.position
            images[draft.url] = image = StoredImage(rows.new_id(), draft.url, draft.alt or "", position)
            rows.new_images.append(image)
        elif (draft.alt, draft.position) != (stored.alt, stored.position):
            image = StoredImage(
                stored.id, stored.url, _kept(draft.alt, stored.alt), _kept(draft.position, stored.position)
            )
            if image != stored:
                images[draft.url] = image
                rows.changed_images.append(image)
    if rows.new_images and len(images) > MAX_IMAGES:
        message = f"The product would have {len(images):,} pictures; the most is {MAX_IMAGES}."
        raise Refused(message)


def _plan_variants(rows: ProductRows) -> None:
    """Find each variant by its option values; those that are missing are made, nobody is removed."""
    product, draft = rows.product, rows.draft
    names = product.option_names
    variants = product.variants
    replaced = _replace_default_variant(rows)
    if any(len(values) != len(names) for values in variants):
        stored_names = " and ".join(rows.stored.option_names) if rows.stored else ""
        message = (
            f"The product is in the shop with other options ({stored_names or 'none'}), and its variants would no"
            " longer fit. Delete the product in the shop first, or give the file the same options."
        )
        raise Refused(message)
    last = max((variant.position for variant in variants.values()), default=0)
    for place, wanted in enumerate(draft.variants, 1):
        stored = variants.get(wanted.option_values)
        try:
            _check_variant(wanted, stored, names)
        except Refused as refused:
            rows.refused_variants[wanted.option_values] = str(refused)
            continue
        # A draft of the whole product gives the order; one that only adds puts new variants last.
        position = place if draft.name is not None else stored.position if stored else last + place
        variant = _variant(rows, wanted, stored, position)
        variants[wanted.option_values] = variant
        if stored is None:
            rows.new_variants.append(variant)
        elif variant != stored or stored is replaced:
            # A stock that the file does not name is not written: it may sell while we import.
            rows.changed_variants.append(dataclasses.replace(variant, stock_quantity=wanted.stock_quantity))
            if any(getattr(variant, name) != getattr(stored, name) for name in _STOCK_FIELDS):
                rows.restocked_variant_ids.append(variant.id)
    if rows.new_variants and len(variants) > MAX_VARIANTS:
        message = f"The product would have {len(variants):,} variants; the most is {MAX_VARIANTS:,}."
        raise Refused(message)


def _replace_default_variant(rows: ProductRows) -> StoredVariant | None:
    """Let the only variant of a product that gets its first options become the first of the new ones.

    So a product that is given sizes keeps the variant that carts and orders refer to.
    """
    variants = rows.product.variants
    if not rows.product.option_names or set(variants) != {()} or not rows.draft.variants:
        return None
    first = rows.draft.variants[0].option_values
    default = variants.pop(())
    variants[first] = default
    return default


def _variant(rows: ProductRows, wanted: VariantDraft, stored: StoredVariant | None, position: int) -> StoredVariant:
    image = rows.product.images[wanted.image_url].id if wanted.image_url else None
    if stored is None:
        return StoredVariant(
            id=rows.new_id(),
            option_values=wanted.option_values,
            position=position,
            sku=wanted.sku or "",
            barcode=wanted.barcode or "",
            price_amount=wanted.price_amount or 0,
            compare_at_amount=wanted.compare_at_amount,
            # Who says nothing about stock at all does not count it.
            is_stock_tracked=_kept(wanted.is_stock_tracked, wanted.stock_quantity is not None),
            stock_quantity=wanted.stock_quantity or 0,
            sells_when_out_of_stock=wanted.sells_when_out_of_stock or False,
            weight_grams=wanted.weight_grams,
            requires_shipping=wanted.requires_shipping is not False,
            is_taxable=wanted.is_taxable is not False,
            image_id=image,
            metadata=_merged(wanted.metadata, {}),
        )
    compare_at = None if wanted.clears_compare_at else _kept(wanted.compare_at_amount, stored.compare_at_amount)
    kept = {name: _kept(getattr(wanted, name), getattr(stored, name)) for name in _VARIANT_FIELDS}
    return StoredVariant(
        id=stored.id,
        option_values=wanted.option_values,
        position=position,
        compare_at_amount=compare_at,
        image_id=image or stored.image_id,
        metadata=_merged(wanted.metadata, stored.metadata),
        **kept,
    )


def _check_product(draft: ProductDraft) -> None:
    """Refuse what does not fit the tables; the database would say it less kindly."""
    for name, most in _PRODUCT_LIMITS.items():
        text = getattr(draft, name)
        if text is not None and len(text) > most:
            message = f"The {name.replace('_', ' ')} has {len(text):,} characters; the most is {most:,}. Shorten it."
            raise Refused(message)
    for name, most in _LIST_LIMITS.items():
        for text in getattr(draft, name) or ():
            if len(text) > most:
                message = f"{text[:60]!r} has {len(text):,} characters; the most for {name} is {most}. Shorten it."
                raise Refused(message.replace("_", " "))
    if not draft.source_key.strip() or (draft.name is not None and not is_visible(draft.name)):
        message = "The product needs a handle, and a title that people can see."
        raise Refused(message)
    if not all(map(is_visible, draft.option_names or ())):
        message = "An option's name has nothing in it that people can see. Write one, such as Size."
        raise Refused(message)
    if draft.option_names is not None and len(draft.option_names) > MAX_OPTIONS:
        message = f"The product has {len(draft.option_names)} options; the most is {MAX_OPTIONS}."
        raise Refused(message)


def _check_variant(draft: VariantDraft, stored: StoredVariant | None, names: tuple[str, ...]) -> None:
    if len(draft.option_values) != len(names):
        expected = ", ".join(names) if names else "none, because the product comes in one variant"
        message = f"The variant has {len(draft.option_values)} option values; the product's options are: {expected}."
        raise Refused(message)
    if stored is None and draft.price_amount is None:
        message = "The variant is new and has no price. Write one."
        raise Refused(message)
    for amount in (draft.price_amount, draft.compare_at_amount):
        if amount is not None and not 0 <= amount <= MAX_AMOUNT:
            message = f"{amount} is not an amount that can be charged."
            raise Refused(message)
    for number in (draft.stock_quantity, draft.weight_grams):
        if number is not None and abs(number) > _MOST_INTEGER:
            message = f"{number} is more than can be stored."
            raise Refused(message)
    _check_variant_texts(draft)


def _check_variant_texts(draft: VariantDraft) -> None:
    for name, most in _VARIANT_LIMITS.items():
        text = getattr(draft, name)
        if text is not None and len(text) > most:
            message = f"The {name} has {len(text):,} characters; the most is {most}. Shorten it."
            raise Refused(message)
    for value in draft.option_values:
        if not value or len(value) > 255:  # noqa: PLR2004  (the column's size)
            message = f"An option value has 1 to 255 characters, not {len(value)}."
            raise Refused(message)
        if not is_visible(value):
            message = "An option value has nothing in it that people can see. Write one."
            raise Refused(message)
