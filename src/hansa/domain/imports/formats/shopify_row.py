"""One row of a Shopify file: what each cell may hold, and the sentence for a cell that holds something else."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, ValidationInfo

from hansa.domain.catalog.models import MAX_DESCRIPTION_CHARACTERS
from hansa.kernel.errors import Invalid
from hansa.kernel.money import parse_amount

_MOST_WHOLE = 2**31 - 1  # PostgreSQL's integer
_URL = re.compile(r"(https?://[^\s/]+|/(?!/))\S*$", re.IGNORECASE)  # elsewhere in full, or a path of this very host
_SHOWN = 60


@lru_cache(4096)
def _amount_in(text: str, currency: str) -> int:
    return parse_amount(text, currency)


def _amount(text: str, info: ValidationInfo) -> int:
    try:
        return _amount_in(text, info.context)  # type: ignore[arg-type]  (the context is the currency)
    except Invalid as error:
        raise ValueError(error.message) from None


@lru_cache(4096)
def _flag(text: str) -> bool:
    match text.casefold():
        case "true" | "yes" | "1" | "y" | "t":
            return True
        case "false" | "no" | "0" | "n" | "f":
            return False
    message = f"{text[:_SHOWN]!r} is neither TRUE nor FALSE. Write one of the two."
    raise ValueError(message)


@lru_cache(4096)
def _number(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value.adjusted() > 10:  # noqa: PLR2004  (more digits than any limit below)
        message = f"{text[:_SHOWN]!r} is not a number that fits here. Write it like 250."
        raise ValueError(message)
    return value


def _whole(text: str) -> int:
    value = _number(text)
    if value != value.to_integral_value() or abs(value) > _MOST_WHOLE:
        message = f"{text[:_SHOWN]!r} is not a whole number up to {_MOST_WHOLE:,}. Write it like 12."
        raise ValueError(message)
    return int(value)


def _position(text: str) -> int:
    value = _whole(text)
    if value < 0:
        message = f"{text[:_SHOWN]!r} is no position. Write 1 for the first picture, 2 for the second."
        raise ValueError(message)
    return value


def _grams(text: str) -> int:
    value = _number(text).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if not 0 <= value <= _MOST_WHOLE:
        message = f"{text[:_SHOWN]!r} is no weight. Write the grams, for example 250."
        raise ValueError(message)
    return int(value)


def _url(text: str) -> str:
    if not _URL.match(text):
        message = f"{text[:_SHOWN]!r} is not the address of a picture. Write it in full, beginning with https://."
        raise ValueError(message)
    return text


def _lower(text: str) -> str:
    return text.casefold()


Amount = Annotated[int, BeforeValidator(_amount)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Url = Annotated[str, StringConstraints(max_length=2000), BeforeValidator(_url)]


class ShopifyRow(BaseModel):
    """The cells of one row that are not blank, without padding. None: blank, or no such column."""

    model_config = ConfigDict(extra="forbid")

    handle: str | None = Field(None, max_length=300)
    title: str | None = Field(None, max_length=300)
    body: str | None = Field(None, max_length=MAX_DESCRIPTION_CHARACTERS)
    vendor: str | None = Field(None, max_length=200)
    category: str | None = Field(None, max_length=1000)
    type: str | None = Field(None, max_length=200)
    tags: str | None = Field(None, max_length=10_000)
    published: Flag | None = None
    status: Annotated[Literal["active", "draft", "archived", "unlisted"], BeforeValidator(_lower)] | None = None
    seo_title: str | None = Field(None, max_length=300)
    seo_description: str | None = Field(None, max_length=1000)
    option1_name: str | None = Field(None, max_length=100)
    option2_name: str | None = Field(None, max_length=100)
    option3_name: str | None = Field(None, max_length=100)
    option1_value: str | None = Field(None, max_length=255)
    option2_value: str | None = Field(None, max_length=255)
    option3_value: str | None = Field(None, max_length=255)
    sku: str | None = Field(None, max_length=255)
    barcode: str | None = Field(None, max_length=64)
    price: Amount | None = None
    compare_at: Amount | None = None
    taxable: Flag | None = None
    tracker: str | None = Field(None, max_length=100)
    quantity: Annotated[int, BeforeValidator(_whole)] | None = None
    policy: Annotated[Literal["deny", "continue"], BeforeValidator(_lower)] | None = None
    grams: Annotated[int, BeforeValidator(_grams)] | None = None
    requires_shipping: Flag | None = None
    image_url: Url | None = None
    image_position: Annotated[int, BeforeValidator(_position)] | None = None
    image_alt: str | None = Field(None, max_length=500)
    variant_image: Url | None = None


PRODUCT_FIELDS = frozenset(
    ("handle", "title", "body", "vendor", "category", "type", "tags", "published", "status")
    + ("seo_title", "seo_description", "option1_name", "option2_name", "option3_name")
)
"""What only the first row of a product says: a mistake there fails the whole product."""

VARIANT_FIELDS = frozenset(
    ("option1_value", "option2_value", "option3_value", "sku", "barcode", "price", "compare_at", "quantity", "grams")
)
"""What makes a row a variant. The other columns of a variant are filled in on rows of images too."""


def mistakes(error: ValidationError) -> list[tuple[str, str]]:
    """Return (field, sentence) for each cell that was refused."""
    return [(str(detail["loc"][0]), _sentence(detail)) for detail in error.errors(include_url=False)]


def _sentence(detail: Any) -> str:  # noqa: ANN401  (pydantic's ErrorDetails, with a context of any kind)
    context = detail.get("ctx", {})
    match detail["type"]:
        case "value_error":
            return str(context["error"])
        case "string_too_long":
            most = context["max_length"]
            return f"The text has {len(detail['input']):,} characters; the most is {most:,}. Shorten it."
        case "literal_error":
            return f"{detail['input'][:_SHOWN]!r} is not known here. Write {context['expected']}."
    return str(detail["msg"])
