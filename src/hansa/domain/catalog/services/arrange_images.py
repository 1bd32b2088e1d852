"""Change, order and remove the pictures of a product."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from hansa.domain.catalog.errors import ImageNotFound
from hansa.domain.catalog.models import ProductImage
from hansa.domain.catalog.services.add_image import check_image
from hansa.domain.catalog.services.locks import lock_product
from hansa.domain.catalog.services.pictures import drop_picture_files
from hansa.domain.catalog.services.settle_products import settle_products
from hansa.domain.catalog.services.violations import named_violations
from hansa.kernel.transactions import transaction


def update_image(
    *,
    image_id: UUID,
    product_id: UUID,
    now: datetime,
    url: str | None = None,
    alt: str | None = None,
    position: int | None = None,
) -> ProductImage:
    """Change a picture's address, text or place; what is not named stays.

    With another address its own file goes, and so do width and height. Raises ProductNotFound,
    ImageNotFound, InvalidImage. Locks the product.
    """
    with named_violations(), transaction():
        lock_product(product_id)
        (image,) = _get_images(product_id, [image_id])
        old_url = image.url
        image.url = old_url if url is None else url
        image.alt = image.alt if alt is None else alt
        image.position = image.position if position is None else position
        check_image(image)
        if image.url != old_url:
            image.width = image.height = None
        image.save()
        drop_picture_files([old_url])
        settle_products(product_ids=[product_id], now=now)
    return image


def order_images(*, product_id: UUID, image_ids: Sequence[UUID], now: datetime) -> None:
    """Put the pictures in this order, those that are not named behind them; the first is the cover.

    Raises ProductNotFound, ImageNotFound. Locks the product.
    """
    with transaction():
        lock_product(product_id)
        named = _get_images(product_id, image_ids)
        others = ProductImage.objects.filter(product=product_id).exclude(pk__in=image_ids)
        ordered = [*named, *others]
        for position, image in enumerate(ordered, start=1):
            image.position = position
        ProductImage.objects.bulk_update(ordered, ["position"])
        settle_products(product_ids=[product_id], now=now)


def remove_images(*, product_id: UUID, image_ids: Collection[UUID], now: datetime) -> None:
    """Remove pictures, with their files once that is committed; variants lose theirs.

    Raises ProductNotFound, ImageNotFound. Locks the product.
    """
    with transaction():
        lock_product(product_id)
        urls = [image.url for image in _get_images(product_id, list(image_ids))]
        ProductImage.objects.filter(product=product_id, pk__in=image_ids).delete()
        drop_picture_files(urls)
        settle_products(product_ids=[product_id], now=now)


def _get_images(product_id: UUID, image_ids: Sequence[UUID]) -> list[ProductImage]:
    """Return the product's pictures in the order of the ids. Raises ImageNotFound."""
    found = {image.pk: image for image in ProductImage.objects.filter(product=product_id, pk__in=image_ids)}
    missing = [image_id for image_id in image_ids if image_id not in found]
    if missing:
        message = f"The product has no picture with the id {missing[0]}."
        raise ImageNotFound(message)
    return [found[image_id] for image_id in dict.fromkeys(image_ids)]
