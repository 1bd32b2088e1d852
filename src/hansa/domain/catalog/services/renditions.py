"""Renditions: one picture in several widths and formats, small enough for a page.

The pictures come from strangers: only the formats that browsers show are tried, whatever a header says (SVG,
which may hold scripts, is none of them); a picture of more pixels than MAX_PICTURE_PIXELS is not decoded.
What is written has the pixels turned as the camera was held and nothing else of what it noted: no place, no owner.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from hansa.domain.catalog.errors import InvalidImage
from hansa.domain.catalog.services.pictures import FORMATS, MAX_PICTURE_PIXELS, OPENERS

WIDTHS = (320, 640, 1280)
MAX_WIDTH = 2560
"""The largest rendition, in pixels, for looking closely."""
_QUALITIES = {"avif": {"quality": 60, "speed": 8}, "webp": {"quality": 80, "method": 4}}


@dataclass(frozen=True, slots=True)
class Rendition:
    """A file of one width and format. Width and height in pixels."""

    content: bytes
    extension: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture's pixels, upright."""

    image: Image.Image
    extension: str
    """What the file was."""


def decode(content: bytes) -> Decoded:
    """Return the picture in a file, upright and without its metadata. Raises InvalidImage."""
    try:
        with Image.open(BytesIO(content), formats=OPENERS) as opened:
            width, height = opened.size
            if width * height > MAX_PICTURE_PIXELS:
                message = f"The picture has {width} × {height} pixels, which is more than we take."
                raise InvalidImage(message)
            extension = FORMATS[opened.format or ""]
            opened.draft("RGB", (MAX_WIDTH, MAX_WIDTH))  # a large JPEG is decoded in the size that is needed
            upright = ImageOps.exif_transpose(opened)
            has_alpha = upright.has_transparency_data
            image = upright.convert("RGBA" if has_alpha else "RGB")
    except Image.DecompressionBombError:
        message = "The picture has more pixels than we take."
        raise InvalidImage(message) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, LookupError, ArithmeticError, RuntimeError):
        message = "There is no picture at this address that browsers show. Use JPEG, PNG, WebP, AVIF or GIF."
        raise InvalidImage(message) from None
    image.info = {}
    return Decoded(image, extension)


def render(image: Image.Image) -> Iterator[Rendition]:
    """Give the picture in WIDTHS and in its own width, up to MAX_WIDTH, as WebP and AVIF; never enlarged."""
    largest = min(image.width, MAX_WIDTH)
    for width in sorted({width for width in WIDTHS if width < largest} | {largest}):
        height = max(1, round(image.height * width / image.width))
        sized = (
            image if width == image.width else image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3)
        )
        for extension, options in _QUALITIES.items():
            written = BytesIO()
            sized.save(written, extension, **options)
            yield Rendition(written.getvalue(), extension, sized.width, sized.height)
