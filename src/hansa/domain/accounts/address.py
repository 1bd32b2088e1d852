"""Postal addresses, as shops take them."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from babel import Locale

from hansa.kernel.errors import FieldError, Invalid

_LIMITS = {
    "first_name": 100,
    "last_name": 100,
    "company": 200,
    "line1": 200,
    "line2": 200,
    "city": 100,
    "region": 100,
    "postal_code": 20,
    "country": 2,
    "phone": 40,
}
_REQUIRED = {
    "first_name": "Enter a first name.",
    "last_name": "Enter a last name.",
    "line1": "Enter street and number.",
    "city": "Enter a town or city.",
    "country": "Choose a country.",
}
# ISO 3166-1 countries whose addresses have no postal code (Universal Postal Union, addressing sheets).
_WITHOUT_POSTAL_CODE = re.compile(
    "AE|AG|AN|AO|AW|BF|BI|BJ|BO|BS|BW|BZ|CD|CF|CG|CI|CK|CM|DJ|DM|ER|FJ|GA|GD|GH|GM|GN|GQ|GY|HK|IE|JM|KE|KI|KM|KN|KP"
    "|LC|ML|MO|MR|MU|MW|NA|NR|NU|PA|QA|RW|SB|SC|SL|SO|SR|ST|SY|TF|TG|TK|TL|TO|TT|TV|TZ|UG|VU|YE|ZW"
)
# What the CLDR lists beside ISO 3166-1: its own groups, and codes that the standard has only reserved.
_NO_COUNTRY = re.compile("EU|EZ|UN|QO|XA|XB|ZZ|AC|CP|CQ|DG|EA|IC|TA")
_CODE = re.compile(r"[A-Z]{2}")


class InvalidAddress(Invalid):
    """The address is not complete, or too long."""

    code = "invalid_address"


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody lives; `country` is ISO 3166-1 alpha-2."""

    first_name: str
    last_name: str
    line1: str
    city: str
    country: str
    postal_code: str = ""
    company: str = ""
    line2: str = ""
    region: str = ""
    phone: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return it as it is stored and answered."""
        return asdict(self)


def read_address(values: Mapping[str, Any], *, field: str) -> Address:
    """Return the address that a form or a client sent; `field` leads the names in the errors.

    Raises InvalidAddress with what is wrong, field by field.
    """
    texts = {name: " ".join(str(values.get(name) or "").split()) for name in _LIMITS}
    texts["country"] = texts["country"].upper()
    errors = [
        FieldError(f"{field}.{name}", "required", message) for name, message in _REQUIRED.items() if not texts[name]
    ]
    if texts["country"] and texts["country"] not in countries():
        errors.append(
            FieldError(f"{field}.country", "unknown_country", "Use a country's two-letter code, for example DE.")
        )
    elif not texts["postal_code"] and texts["country"] and not _WITHOUT_POSTAL_CODE.fullmatch(texts["country"]):
        errors.append(FieldError(f"{field}.postal_code", "required", "Enter a postal code."))
    errors += [
        FieldError(f"{field}.{name}", "too_long", f"Use at most {limit} characters.")
        for name, limit in _LIMITS.items()
        if len(texts[name]) > limit and name != "country"
    ]
    if errors:
        message = "The address is not complete: see `errors`."
        raise InvalidAddress(message, errors=tuple(errors))
    return Address(**texts)


@cache
def countries() -> dict[str, str]:
    """Return the names of the countries by their ISO 3166-1 alpha-2 codes, from the CLDR, sorted by name."""
    named = sorted(Locale("en").territories.items(), key=lambda pair: pair[1])
    return {code: name for code, name in named if _CODE.fullmatch(code) and not _NO_COUNTRY.fullmatch(code)}
