"""What the database refuses, in the words of the catalogue; and what we refuse before asking it."""

import json
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Model

from hansa.domain.catalog.errors import (
    CategoryCycle,
    InvalidAttribute,
    InvalidImage,
    InvalidProduct,
    NameTaken,
)
from hansa.domain.catalog.models import MAX_METADATA_BYTES
from hansa.kernel.errors import DomainError, FieldError
from hansa.kernel.money import MAX_AMOUNT

_TOO_MUCH = f"A price is a number from 0 to {MAX_AMOUNT} minor units (cents)."
_METADATA_SIZE = f"Metadata takes at most {MAX_METADATA_BYTES // 1024} KiB as JSON. Shorten it."
_METADATA_OBJECT = 'Metadata must be a JSON object, such as {"care": "wash by hand"}.'

_FACTS: dict[str, tuple[type[DomainError], str, str]] = {
    "catalog_product_named": (InvalidProduct, "name", "A product needs a name."),
    "catalog_product_slug": (NameTaken, "slug", "Another product has this address already."),
    "catalog_product_source_key": (NameTaken, "source_key", "Another product came from the same row of a file."),
    "catalog_product_published_when": (InvalidProduct, "status", "A published product needs its day of publication."),
    "catalog_product_metadata_size": (InvalidProduct, "metadata", _METADATA_SIZE),
    "catalog_product_metadata_object": (InvalidProduct, "metadata", _METADATA_OBJECT),
    "catalog_variant_metadata_size": (InvalidProduct, "metadata", _METADATA_SIZE),
    "catalog_variant_metadata_object": (InvalidProduct, "metadata", _METADATA_OBJECT),
    "catalog_variant_option_values": (InvalidProduct, "option_values", "Two variants have the same option values."),
    "catalog_variant_price": (InvalidProduct, "price_amount", _TOO_MUCH),
    "catalog_variant_compare_at": (InvalidProduct, "compare_at_amount", _TOO_MUCH),
    "catalog_productimage_url": (InvalidImage, "url", "The product has this picture already."),
    "catalog_category_slug": (NameTaken, "name", "There is a category of this name beside it. Choose another name."),
    "catalog_category_path": (NameTaken, "name", "There is a category of this name beside it. Choose another name."),
    "catalog_category_not_own_parent": (CategoryCycle, "parent", "A category cannot be put inside itself."),
    "catalog_attribute_name": (NameTaken, "name", "There is an attribute of this name already."),
    "catalog_productattribute_value": (InvalidAttribute, "value", "The product has this value already."),
}
"""Every CHECK and UNIQUE that a user's input can violate: the error, the field, the sentence."""

_ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def violated_constraint(error: IntegrityError) -> str:
    """Return the name of the constraint that refused, or ""."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


@contextmanager
def named_violations() -> Iterator[None]:
    """Turn the database's refusal into a named domain error.

    Goes around the service's transaction, not inside it: a violation ends the transaction.
    """
    try:
        yield
    except IntegrityError as error:
        fact = _FACTS.get(violated_constraint(error))
        if fact is None:
            raise
        kind, field, message = fact
        raise kind(message, errors=(FieldError(field, kind.code, message),)) from error


def check_fields(row: Model, kind: type[DomainError], *, exclude: Collection[str] = ()) -> None:
    """Raise `kind` when a column of `row` is too long, out of range, of the wrong type, or holds a NUL."""
    errors = []
    columns = {field.name for field in row._meta.concrete_fields}
    relations = {field.name for field in row._meta.concrete_fields if field.is_relation}
    try:
        # Relations are checked by their keys; Django would ask the database about each.
        row.clean_fields(exclude=set(exclude) | relations | {"id", "tenant_id"})
    except ValidationError as error:
        errors += [FieldError(name, kind.code, " ".join(texts)) for name, texts in error.message_dict.items()]
    errors += [
        FieldError(name, kind.code, "A character in it cannot be stored. Type the text again.")
        for name in sorted(columns - relations)
        if not _is_storable(getattr(row, name))
    ]
    if errors:
        first = errors[0]
        message = f"{first.field}: {first.message}"
        raise kind(message, errors=tuple(errors))


def check_metadata(metadata: object) -> None:
    """Raise InvalidProduct unless this is a JSON object of at most MAX_METADATA_BYTES."""

    def refuse(message: str) -> InvalidProduct:
        return InvalidProduct(message, errors=(FieldError("metadata", InvalidProduct.code, message),))

    if not isinstance(metadata, dict):
        raise refuse(_METADATA_OBJECT)
    try:
        text = json.dumps(metadata, ensure_ascii=False, allow_nan=False)
        size_bytes = len(text.encode())
    except (TypeError, ValueError, RecursionError):
        raise refuse(_METADATA_OBJECT) from None
    if _ESCAPED_NUL.search(text):
        message = "Metadata cannot hold the character U+0000."
        raise refuse(message)
    if size_bytes > MAX_METADATA_BYTES:
        raise refuse(_METADATA_SIZE)


def _is_storable(value: Any) -> bool:  # noqa: ANN401  (whatever a column holds)
    """Say whether PostgreSQL can hold the text: no NUL, no lone surrogate."""
    if isinstance(value, list | tuple):
        return all(_is_storable(item) for item in value)
    if not isinstance(value, str):
        return True
    return "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
