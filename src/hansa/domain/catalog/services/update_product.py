"""Update a product."""

from datetime import datetime
from typing import Unpack
from uuid import UUID

from hansa.domain.catalog.models import Product
from hansa.domain.catalog.services.create_product import ProductFields
from hansa.domain.catalog.services.locks import lock_product
from hansa.domain.catalog.services.save_product import save_product
from hansa.kernel.transactions import transaction


def update_product(
    *, product_id: UUID, now: datetime, name: str | None = None, **fields: Unpack[ProductFields]
) -> Product:
    """Change what is said about a product; everything that is not named stays as it is.

    Raises ProductNotFound, InvalidProduct, CategoryNotFound. Locks the product.
    """
    with transaction():
        product = lock_product(product_id)
        if name is not None:
            product.name = name
        for field, value in fields.items():
            setattr(product, field, value)
        return save_product(product=product, now=now)
