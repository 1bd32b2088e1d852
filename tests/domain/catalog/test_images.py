"""Pictures: what is taken, where it lies, when it goes."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.domain.catalog.conftest import make_mug

type Documents = Callable[[], list[dict[str, Any]]]


def _picture(file_format: str = "PNG", size: tuple[int, int] = (30, 20), name: str = "mug.png", **options: Any) -> Any:
    file = io.BytesIO()
    Image.new("RGB", size, "tan").save(file, file_format, **options)
    return ContentFile(file.getvalue(), name=name)


def _add(product: Any, upload: Any, now: datetime, **fields: Any) -> Any:
    from hansa.domain.catalog.services.add_image import add_image

    return add_image(product_id=product.pk, upload=upload, now=now, **fields)


@contextmanager
def _rolled_back() -> Iterator[None]:
    """Run the block in a transaction, or a savepoint, that is rolled back."""
    from hansa.kernel.transactions import transaction

    with suppress(ZeroDivisionError), transaction():
        yield
        raise ZeroDivisionError


def _files(tenant: TenantContext) -> list[str]:
    from django.core.files.storage import default_storage

    folder = str(tenant.id)
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


@pytest.mark.parametrize(
    ("file_format", "extension"),
    [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("AVIF", "avif"), ("GIF", "gif")],
)
def test_a_picture_is_known_by_what_it_is_not_by_its_name(
    mug: Any, in_shop: TenantContext, now: datetime, documents: Documents, file_format: str, extension: str
) -> None:
    image = _add(mug, _picture(file_format, name="evil.html"), now, alt="A mug")
    assert image.url.startswith(f"/media/{in_shop.id}/")
    assert image.url.endswith(f".{extension}")
    assert (image.width, image.height) == (30, 20)
    assert documents()[0]["image"] == {"url": image.url, "alt": "A mug", "width": 30, "height": 20}
    assert len(_files(in_shop)) == 1


def test_a_phones_lying_picture_is_measured_as_it_is_shown(mug: Any, now: datetime) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = _add(mug, _picture("JPEG", exif=exif), now)
    assert (image.width, image.height) == (20, 30)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<html><script>alert(1)</script></html>",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        b"\xff\xd8\xff\xe0" + b"\x00" * 40,
        b"GIF89a",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    ],
)
def test_what_is_no_picture_is_refused_and_leaves_no_file(
    mug: Any, in_shop: TenantContext, now: datetime, content: bytes
) -> None:
    from hansa.domain.catalog.errors import InvalidImage

    with pytest.raises(InvalidImage):
        _add(mug, ContentFile(content, name="mug.png"), now)
    assert _files(in_shop) == []


def test_formats_that_browsers_do_not_show_are_refused(mug: Any, now: datetime) -> None:
    from hansa.domain.catalog.errors import InvalidImage

    for file_format in ("BMP", "TIFF"):
        with pytest.raises(InvalidImage):
            _add(mug, _picture(file_format), now)


def test_a_file_of_more_than_10_mib_is_refused(mug: Any, now: datetime) -> None:
    from hansa.domain.catalog.errors import ImageTooLarge

    with pytest.raises(ImageTooLarge):
        _add(mug, ContentFile(_picture().read() + b"\x00" * (10 * 1024 * 1024), name="big.png"), now)


def test_a_small_file_that_unfolds_to_gigabytes_is_refused_by_its_header(mug: Any, now: datetime) -> None:
    import struct
    import zlib

    from hansa.domain.catalog.errors import InvalidImage

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    for side in (7_100, 60_000):
        header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\x00")) + chunk(b"IEND", b"")
        with pytest.raises(InvalidImage, match="megapixels"):
            _add(mug, ContentFile(bomb, name="bomb.png"), now)


def test_a_file_goes_again_when_its_transaction_is_rolled_back(mug: Any, in_shop: TenantContext, now: datetime) -> None:
    with _rolled_back():
        _add(mug, _picture(), now)
        assert len(_files(in_shop)) == 1
    assert _files(in_shop) == []


def test_a_file_goes_again_when_only_a_savepoint_is_rolled_back(
    mug: Any, in_shop: TenantContext, now: datetime
) -> None:
    from hansa.kernel.transactions import transaction

    with transaction():
        kept = _add(mug, _picture(), now)
        with _rolled_back():
            _add(mug, _picture(), now)
    assert [kept.url.rpartition("/")[2]] == _files(in_shop)


def test_a_file_goes_again_when_the_service_refuses_the_row(mug: Any, in_shop: TenantContext, now: datetime) -> None:
    from hansa.domain.catalog.errors import InvalidImage, ProductNotFound

    with pytest.raises(InvalidImage):
        _add(mug, _picture(), now, alt="x" * 501)
    mug.pk = mug.category_id or in_shop.id
    with pytest.raises(ProductNotFound):
        _add(mug, _picture(), now)
    assert _files(in_shop) == []


def test_a_removed_pictures_file_goes_once_that_is_committed(
    mug: Any, in_shop: TenantContext, now: datetime, documents: Documents
) -> None:
    from hansa.domain.catalog.services.arrange_images import remove_images

    image = _add(mug, _picture(), now)
    with _rolled_back():
        remove_images(product_id=mug.pk, image_ids=[image.pk], now=now)
    assert len(_files(in_shop)) == 1
    remove_images(product_id=mug.pk, image_ids=[image.pk], now=now)
    assert _files(in_shop) == []
    assert documents()[0]["image"] is None


def test_a_file_stays_while_another_product_shows_it(mug: Any, in_shop: TenantContext, now: datetime) -> None:
    from hansa.domain.catalog.services.add_image import add_image_url
    from hansa.domain.catalog.services.arrange_images import remove_images

    image = _add(mug, _picture(), now)
    other = make_mug(now, name="Other")
    again = add_image_url(product_id=other.pk, url=image.url, now=now)
    remove_images(product_id=mug.pk, image_ids=[image.pk], now=now)
    assert len(_files(in_shop)) == 1
    remove_images(product_id=other.pk, image_ids=[again.pk], now=now)
    assert _files(in_shop) == []


def test_nobody_removes_a_rivals_file_by_naming_its_address(
    shop: TenantContext, rival: TenantContext, now: datetime
) -> None:
    from hansa.domain.catalog.services.add_image import add_image_url
    from hansa.domain.catalog.services.arrange_images import remove_images

    with tenant_scope(rival):
        theirs = _add(make_mug(now), _picture(), now)
    with tenant_scope(shop):
        mug = make_mug(now)
        for url in (theirs.url, f"/media/{shop.id}/../{rival.id}/{theirs.url.rpartition('/')[2]}"):
            ours = add_image_url(product_id=mug.pk, url=url, now=now)
            remove_images(product_id=mug.pk, image_ids=[ours.pk], now=now)
    assert len(_files(rival)) == 1


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://example.com/a.png",
        "//example.com/a.png",
        "javascript:alert(1)",
        "https://e.com/a b.png",
        "https://e.com/" + "x" * 2000,
        "data:image/png;base64,AAAA",
    ],
)
def test_an_address_that_the_shop_could_not_show_is_refused(mug: Any, now: datetime, url: str) -> None:
    from hansa.domain.catalog.errors import InvalidImage
    from hansa.domain.catalog.services.add_image import add_image_url

    with pytest.raises(InvalidImage):
        add_image_url(product_id=mug.pk, url=url, now=now)


def test_the_first_picture_is_the_cover_and_the_order_can_be_changed(
    mug: Any, now: datetime, documents: Documents
) -> None:
    from hansa.domain.catalog.errors import InvalidImage
    from hansa.domain.catalog.services.add_image import add_image_url
    from hansa.domain.catalog.services.arrange_images import order_images, update_image

    first, second = (
        add_image_url(product_id=mug.pk, url=f"https://example.com/{number}.png", now=now) for number in (1, 2)
    )
    assert documents()[0]["image"]["url"].endswith("1.png")
    order_images(product_id=mug.pk, image_ids=[second.pk], now=now)
    assert documents()[0]["image"]["url"].endswith("2.png")
    update_image(product_id=mug.pk, image_id=second.pk, alt="From the side", now=now)
    assert documents()[0]["image"]["alt"] == "From the side"
    with pytest.raises(InvalidImage, match="already"):
        add_image_url(product_id=mug.pk, url=first.url, now=now)


def test_a_variants_picture_is_one_of_its_products(mug: Any, now: datetime) -> None:
    from hansa.domain.catalog.errors import InvalidProduct
    from hansa.domain.catalog.services.add_image import add_image_url
    from hansa.domain.catalog.services.arrange_images import remove_images
    from hansa.domain.catalog.services.set_variants import save_variants, set_variants
    from hansa.domain.catalog.types import VariantDraft
    from tests.domain.catalog.conftest import reload

    other = make_mug(now, name="Other")
    foreign = add_image_url(product_id=other.pk, url="https://example.com/1.png", now=now)
    own = add_image_url(product_id=mug.pk, url="https://example.com/1.png", now=now)
    draft = VariantDraft(option_values=("Small",), price_amount=1, image_url=own.url)
    (small,) = set_variants(product_id=mug.pk, variants=[draft], now=now)
    assert small.image_id == own.pk
    small.image = foreign
    with pytest.raises(InvalidProduct):
        save_variants(product=mug, saved=[small], deleted=[], now=now)
    remove_images(product_id=mug.pk, image_ids=[own.pk], now=now)
    assert reload(small).image_id is None


def test_a_product_takes_250_pictures(mug: Any, now: datetime) -> None:
    from hansa.domain.catalog.errors import TooManyImages
    from hansa.domain.catalog.models import ProductImage
    from hansa.domain.catalog.services.add_image import add_image_url
    from hansa.kernel.transactions import transaction

    add_image_url(product_id=mug.pk, url="https://example.com/0.png", now=now)
    with transaction():
        ProductImage.objects.bulk_create(
            ProductImage(product=mug, url=f"https://example.com/{number}.png", position=number + 1)
            for number in range(1, 250)
        )
    with pytest.raises(TooManyImages, match="at most 250 pictures"):
        add_image_url(product_id=mug.pk, url="https://example.com/250.png", now=now)
