"""Add a picture to a product."""

import re
from datetime import datetime
from uuid import UUID

from django.core.files.base import File

from hansa.domain.catalog.errors import InvalidImage, TooManyImages
from hansa.domain.catalog.models import MAX_IMAGES, Product, ProductImage
from hansa.domain.catalog.services.locks import lock_product
from hansa.domain.catalog.services.pictures import read_picture, store_picture
from hansa.domain.catalog.services.settle_products import settle_products
from hansa.domain.catalog.services.violations import check_fields, named_violations
from hansa.kernel.errors import FieldError
from hansa.kernel.transactions import transaction

_NOT_IN_ADDRESSES = re.compile(r"""[\s"<>\\]""")


def add_image(
    *, product_id: UUID, upload: "File[bytes]", now: datetime, alt: str = "", position: int | None = None
) -> ProductImage:
    """Add an uploaded picture; without a position it stands last.

    The file is checked for what it is, not for its name, and is kept only if the row is. Raises
    ProductNotFound, InvalidImage, ImageTooLarge, TooManyImages. Locks the product.
    """
    picture = read_picture(upload)
    with named_violations(), transaction():
        url = store_picture(picture)
        image = ProductImage(url=url, alt=alt, width=picture.width, height=picture.height)
        return _add(image, product_id, position, now)


def add_image_url(
    *, product_id: UUID, url: str, now: datetime, alt: str = "", position: int | None = None
) -> ProductImage:
    """Add a picture that lies elsewhere, or in this shop; without a position it stands last.

    Raises ProductNotFound, InvalidImage, TooManyImages. Locks the product.
    """
    with named_violations(), transaction():
        return _add(ProductImage(url=url, alt=alt), product_id, position, now)


def check_image(image: ProductImage) -> None:
    """Raise InvalidImage unless the picture's fields can be stored and its address shown."""
    image.url, image.alt = image.url.strip(), image.alt.strip()
    check_fields(image, InvalidImage)
    is_ours = image.url.startswith("/") and not image.url.startswith("//")
    is_elsewhere = image.url.lower().startswith("https://")
    if not (is_ours or is_elsewhere) or _NOT_IN_ADDRESSES.search(image.url):
        message = "The address of a picture begins with https:// and has no spaces."
        raise InvalidImage(message, errors=(FieldError("url", InvalidImage.code, message),))


def _add(image: ProductImage, product_id: UUID, position: int | None, now: datetime) -> ProductImage:
    product: Product = lock_product(product_id)
    number, last = _images_of(product)
    if number >= MAX_IMAGES:
        message = f"A product takes at most {MAX_IMAGES} pictures."
        raise TooManyImages(message)
    image.product = product
    image.position = last + 1 if position is None else position
    check_image(image)
    image.save(force_insert=True)
    settle_products(product_ids=[product.pk], now=now)
    return image


def _images_of(product: Product) -> tuple[int, int]:
    """Return how many pictures there are, and the last one's position."""
    positions = list(product.images.values_list("position", flat=True))
    return len(positions), max(positions, default=0)
