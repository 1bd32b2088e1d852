"""Upsert products: make the catalogue say what a merchant's file says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

from django.db import DataError, IntegrityError

from hansa.domain.catalog.models import Variant
from hansa.domain.catalog.services.listing import refresh_listing
from hansa.domain.catalog.services.locks import hold_categories, lock_category_tree
from hansa.domain.catalog.services.upsert_attributes import write_attributes
from hansa.domain.catalog.services.upsert_categories import MAX_PATH_CHARACTERS, category_path, upsert_categories
from hansa.domain.catalog.services.upsert_ids import IdSeries
from hansa.domain.catalog.services.upsert_rows import ProductRows, Refused, plan_product
from hansa.domain.catalog.services.upsert_staging import write_rows
from hansa.domain.catalog.services.upsert_stored import find_stored, find_taken_slugs
from hansa.domain.catalog.signals import tell_stock_published
from hansa.domain.catalog.text import MAX_SLUG_CHARACTERS, is_visible, slugify
from hansa.domain.catalog.types import ProductDraft, UpsertResult
from hansa.kernel.transactions import requires_transaction, transaction

_SLUGS_ASKED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class ProductsUpserted(UpsertResult):
    """What an upsert did, with the variants that were left out of products that were written."""

    refused_variants: Mapping[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)
    """Reasons by source_key and option values."""


@requires_transaction
def upsert_products(drafts: Sequence[ProductDraft], *, now: datetime) -> ProductsUpserted:
    """Create the products that are missing and change those that differ, with everything that hangs on them.

    A product is found by its source_key, a variant by its option values, an image by its URL.
    Variants and images that no draft names stay. What cannot be is refused, product by product and
    variant by variant, and the rest is written; if the database itself refuses a set, the set is
    halved until the culprit is alone. Each source_key may come once: ValueError.

    Locks the category tree if a draft names a category, then the products it finds, in the order of
    their ids. Refreshes the listing of what it wrote. Sends the signal `stock_published` after the commit.
    """
    if len({draft.source_key for draft in drafts}) < len(drafts):
        message = "the same source_key twice in one set of drafts"
        raise ValueError(message)
    if not drafts:
        return ProductsUpserted()
    # Before any product, and outside the savepoint, which would give it back: Note [Locks of the catalogue].
    if any(draft.category_names for draft in drafts):
        lock_category_tree()
    try:
        with transaction():
            return _upsert(drafts, now)
    except (DataError, IntegrityError) as error:
        if len(drafts) == 1:
            reason = str(error).partition("\n")[0]
            return ProductsUpserted(refused={drafts[0].source_key: f"The database cannot store the product: {reason}."})
    middle = len(drafts) // 2
    return _sum(*(upsert_products(half, now=now) for half in (drafts[:middle], drafts[middle:])))


def _upsert(drafts: Sequence[ProductDraft], now: datetime) -> ProductsUpserted:
    """Plan in Python, write set by set."""
    refused = {draft.source_key: reason for draft in drafts if (reason := refuse_category(draft))}
    new_id = IdSeries()
    plans = _plan([draft for draft in drafts if draft.source_key not in refused], now, new_id, refused)
    write_rows(plans, now=now)
    write_attributes(plans, new_id)
    written = [plan for plan in plans if plan.stored is None or plan.is_changed]
    # Note [Locks of the catalogue]: a shelf that is renamed meanwhile would leave its old path in the listing.
    hold_categories({plan.product.category_id for plan in written if plan.product.category_id})
    refresh_listing([plan.product.id for plan in written])
    tell_stock_published(Variant, [one for plan in plans for one in plan.restocked_variant_ids])
    created = sum(plan.stored is None for plan in plans)
    return ProductsUpserted(
        created=created,
        updated=len(written) - created,
        unchanged=len(plans) - len(written),
        refused=refused,
        refused_variants=refused_variants(plans),
    )


def refused_variants(plans: Iterable[ProductRows]) -> dict[tuple[str, tuple[str, ...]], str]:
    """Return why variants were left out, by source_key and option values."""
    return {
        (plan.draft.source_key, values): reason for plan in plans for values, reason in plan.refused_variants.items()
    }


def _plan(
    drafts: Sequence[ProductDraft], now: datetime, new_id: IdSeries, refused: dict[str, str]
) -> list[ProductRows]:
    """Return what to write for each draft that can be written; the others go to `refused`."""
    stored, taken = find_stored(drafts)
    slugs = free_slugs([draft.source_key for draft in drafts if draft.source_key not in stored], taken)
    categories = upsert_categories({draft.category_names for draft in drafts if draft.category_names})
    plans = []
    for draft in drafts:
        key = draft.source_key
        category_id = categories.get(draft.category_names or ())
        try:
            slug = slugs.get(key, "")
            plan = plan_product(draft, stored.get(key), slug=slug, category_id=category_id, now=now, new_id=new_id)
        except Refused as reason:
            refused[key] = str(reason)
        else:
            plans.append(plan)
    return plans


def refuse_category(draft: ProductDraft) -> str:
    """Return why the draft's category cannot be; "" when it can."""
    for name in draft.category_names or ():
        if not name or len(name) > 200:  # noqa: PLR2004  (the column's size)
            return f"A category's name has 1 to 200 characters, not {len(name)}."
        if not is_visible(name):
            return "A category's name has nothing in it that people can see. Write one."
    if len(category_path(draft.category_names or ())) > MAX_PATH_CHARACTERS:
        return "The category lies too deep, or its names are too long. Use fewer levels."
    return ""


def free_slugs(source_keys: Sequence[str], taken: set[str]) -> dict[str, str]:
    """Return a free slug for each new product: its source_key's, with a number where that is taken."""
    slugs = {}
    for source_key in source_keys:
        base = slugify(source_key)
        slug = base if base not in taken else _numbered(base, taken)
        taken.add(slug)
        slugs[source_key] = slug
    return slugs


def _numbered(base: str, taken: set[str]) -> str:
    """Return `base` with the lowest free number, from 2 up."""
    for first in count(2, _SLUGS_ASKED_AT_ONCE):
        candidates = [
            f"{base[: MAX_SLUG_CHARACTERS - len(ending)]}{ending}"
            for ending in (f"-{number}" for number in range(first, first + _SLUGS_ASKED_AT_ONCE))
        ]
        taken_too = find_taken_slugs(candidates) | taken
        for slug in candidates:
            if slug not in taken_too:
                return slug
    raise AssertionError  # count() never ends


def _sum(one: ProductsUpserted, other: ProductsUpserted) -> ProductsUpserted:
    return replace(
        one,
        created=one.created + other.created,
        updated=one.updated + other.updated,
        unchanged=one.unchanged + other.unchanged,
        refused={**one.refused, **other.refused},
        refused_variants={**one.refused_variants, **other.refused_variants},
    )
