"""What may be filled into a cart."""

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from hansa.domain.accounts.address import read_address
from hansa.domain.carts.errors import InvalidCart
from hansa.domain.carts.models import MAX_CODES
from hansa.domain.carts.types import CartChanges
from hansa.kernel.errors import FieldError

_MAX_CODE_CHARACTERS = 64


def checked_changes(changes: CartChanges) -> CartChanges:
    """Return the changes, cleaned. Raises InvalidCart and InvalidAddress, with each field's errors."""
    return replace(
        changes,
        email=None if changes.email is None else _email(changes.email),
        shipping_address=_address(changes.shipping_address, "shipping_address"),
        billing_address=_address(changes.billing_address, "billing_address"),
        promotion_codes=_codes(changes.promotion_codes, "promotion_codes"),
        gift_card_codes=_codes(changes.gift_card_codes, "gift_card_codes"),
    )


def _email(text: str) -> str:
    email = text.strip()
    try:
        validate_email(email)
    except ValidationError:
        message = "Enter an e-mail address such as ada@example.com."
        raise InvalidCart(message, errors=(FieldError("email", "invalid", message),)) from None
    return email


def _address(address: dict[str, str] | None, field: str) -> dict[str, str] | None:
    return None if address is None else read_address(address, field=field).as_dict()


def _codes(codes: tuple[str, ...] | None, field: str) -> tuple[str, ...] | None:
    if codes is None:
        return None
    cleaned = tuple(dict.fromkeys(" ".join(code.split()) for code in codes if code.strip()))
    too_long = any(len(code) > _MAX_CODE_CHARACTERS for code in cleaned)
    if len(cleaned) > MAX_CODES or too_long:
        message = f"At most {MAX_CODES} codes, of {_MAX_CODE_CHARACTERS} characters each."
        raise InvalidCart(message, errors=(FieldError(field, "too_many", message),))
    return cleaned
