"""Files of pictures: what we take, where they lie, and when they go.

Note [Files and transactions]: a storage knows no transactions. A file is written before its row,
while no row is locked, and goes again unless the row is committed. It is deleted after its row's
deletion is committed. A process that dies in between leaves a file that nobody refers to, never a
row whose file is missing.
"""

import re
import weakref
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from uuid import uuid4

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction as django_transaction
from PIL import Image, UnidentifiedImageError

from hansa.domain.catalog.errors import ImageTooLarge, InvalidImage
from hansa.domain.catalog.models import ProductImage
from hansa.kernel.errors import FieldError
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import requires_transaction

MAX_PICTURE_BYTES = 10 * 1024 * 1024
MAX_PICTURE_PIXELS = 50_000_000

FORMATS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "gif"}
"""What browsers show, and the ending of the file. MPO is what phones write: a JPEG with more behind it."""
OPENERS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
_OWN_FILE = re.compile(r"^[0-9a-f]{32}\.(jpg|png|webp|avif|gif)$")
_EXIF_ORIENTATION = 0x0112
_LYING_ORIENTATIONS = frozenset({5, 6, 7, 8})


@dataclass(frozen=True, slots=True)
class Picture:
    """A file that browsers show. Width and height in pixels, as shown."""

    content: bytes
    extension: str
    width: int
    height: int


def read_picture(upload: "File[bytes]") -> Picture:
    """Return the picture in an uploaded file, whatever its name says. Raises InvalidImage, ImageTooLarge.

    Only the header is decoded, so a small file that unfolds to gigabytes does no harm.
    """
    upload.seek(0)
    content = upload.read(MAX_PICTURE_BYTES + 1)
    if len(content) > MAX_PICTURE_BYTES:
        message = f"The file is larger than {MAX_PICTURE_BYTES // 1024 // 1024} MiB. Save it smaller and try again."
        raise ImageTooLarge(message, errors=(FieldError("upload", ImageTooLarge.code, message),))
    try:
        with Image.open(BytesIO(content), formats=OPENERS) as image:
            width, height = image.size
            extension = FORMATS[image.format or ""]
            _check_size(width, height)
            # Only phones turn pictures so, and only they write JPEG; elsewhere reading EXIF decodes the picture.
            if extension == "jpg" and image.getexif().get(_EXIF_ORIENTATION) in _LYING_ORIENTATIONS:
                width, height = height, width
            image.verify()
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except InvalidImage:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, LookupError, ArithmeticError, RuntimeError):
        message = "The file is no picture that browsers show. Use JPEG, PNG, WebP, AVIF or GIF."
        raise _refused(message) from None
    return Picture(content, extension, width, height)


def store_picture(picture: Picture) -> str:
    """Write the picture's file; returns its URL. The file goes again unless the open transaction is committed.

    Note [Files and transactions].
    """
    name = default_storage.save(
        f"{get_current_tenant().id}/{uuid4().hex}.{picture.extension}", ContentFile(picture.content)
    )
    _keep_only_if_committed(name)
    return default_storage.url(name)


@requires_transaction
def drop_picture_files(urls: list[str]) -> None:
    """Delete the files behind these URLs once the transaction is committed.

    Only files of this tenant that no row refers to any more; addresses elsewhere are left alone.
    """
    used = set(ProductImage.objects.filter(url__in=urls).values_list("url", flat=True))
    for url in urls:
        name = _own_file(url)
        if name is not None and url not in used:
            django_transaction.on_commit(partial(default_storage.delete, name), robust=True)


def _keep_only_if_committed(name: str) -> None:
    """Delete the file when the transaction, or the savepoint, is rolled back.

    Django tells nobody of a rollback, but forgets what was to run on commit: when the callback is
    forgotten without having run, the file goes.
    """
    ticket = _Ticket(name)
    django_transaction.on_commit(ticket.redeem)


class _Ticket:
    """Stands for a file whose row is not committed yet; dropped without being redeemed, it deletes the file."""

    def __init__(self, name: str) -> None:
        self._drop = weakref.finalize(self, default_storage.delete, name)

    def redeem(self) -> None:
        """Keep the file: its row is committed."""
        self._drop.detach()


def _own_file(url: str) -> str | None:
    """Return the storage's name of a file that this tenant uploaded, or None."""
    folder = f"{get_current_tenant().id}/"
    prefix = default_storage.url(folder)
    file = url.removeprefix(prefix)
    return folder + file if url.startswith(prefix) and _OWN_FILE.match(file) else None


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PICTURE_PIXELS:
        raise _too_many_pixels()
    if not width or not height:
        message = "The picture is empty."
        raise _refused(message)


def _too_many_pixels() -> InvalidImage:
    message = f"The picture has more than {MAX_PICTURE_PIXELS // 1_000_000} megapixels. Save it smaller."
    return _refused(message)


def _refused(message: str) -> InvalidImage:
    return InvalidImage(message, errors=(FieldError("upload", InvalidImage.code, message),))
