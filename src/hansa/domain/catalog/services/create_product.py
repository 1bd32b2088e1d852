"""Create a product."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from hansa.domain.catalog.models import Product
from hansa.domain.catalog.services.publish_products import publish_products
from hansa.domain.catalog.services.save_product import save_product
from hansa.domain.catalog.services.set_product_attributes import set_product_attributes
from hansa.domain.catalog.services.set_variants import set_variants
from hansa.domain.catalog.types import VariantDraft
from hansa.kernel.transactions import transaction


class ProductFields(TypedDict, total=False):
    """What can be said about a product itself; what is left out stays as it is."""

    description: str
    vendor: str
    tags: list[str]
    option_names: list[str]
    category_id: UUID | None
    seo_title: str
    seo_description: str
    metadata: dict[str, Any]


def create_product(
    *,
    name: str,
    now: datetime,
    variants: Sequence[VariantDraft] = (),
    attributes: Mapping[str, Sequence[str]] | None = None,
    is_published: bool = False,
    **fields: Unpack[ProductFields],
) -> Product:
    """Create a product with its variants and facts, as a draft or on sale at once.

    Prices in minor units of the shop's currency. Raises InvalidProduct, TooManyVariants,
    CategoryNotFound, NothingToSell.
    """
    with transaction():
        product = save_product(product=Product(name=name, **fields), now=now)
        if variants:
            set_variants(product_id=product.pk, variants=variants, now=now)
        if attributes:
            set_product_attributes(product_id=product.pk, attributes=attributes, now=now)
        if is_published:
            publish_products(product_ids=[product.pk], now=now)
        product.refresh_from_db()
        return product
