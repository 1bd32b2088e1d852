"""Addresses, as each country writes them."""

from typing import Any

import pytest

from hansa.domain.accounts.address import InvalidAddress, read_address

BASE = {"first_name": "Ada", "last_name": "Byron", "line1": "1 High Street"}
GOOD = {
    "DE": {"city": "Berlin", "postal_code": "10115"},
    "US": {"city": "Albany", "postal_code": "12207", "region": "New York"},
    "GB": {"city": "London", "postal_code": "nw1 6xe"},
    "IE": {"city": "Dublin"},
    "HK": {"region": "Kowloon"},
    "JP": {"city": "Shibuya-ku", "postal_code": "150-8010", "region": "Tokyo"},
    "AE": {"region": "Dubai"},
    "SG": {"postal_code": "018956"},
}


@pytest.mark.parametrize("country", GOOD)
def test_what_a_country_asks_for_is_enough(country: str) -> None:
    address = read_address(BASE | GOOD[country] | {"country": country.lower()}, field="shipping_address")
    assert address.country == country


def test_a_region_is_kept_by_its_code_and_a_postal_code_in_capitals() -> None:
    assert read_address(BASE | GOOD["US"] | {"country": "US"}, field="").region == "NY"
    assert read_address(BASE | GOOD["US"] | {"country": "US", "region": "ny"}, field="").region == "NY"
    assert read_address(BASE | GOOD["GB"] | {"country": "GB"}, field="").postal_code == "NW1 6XE"
    assert read_address(BASE | GOOD["DE"] | {"country": "DE", "region": "Bayern"}, field="").region == "Bayern"


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"country": "DE", "city": "Berlin", "postal_code": "1011"}, "postal_code", "invalid_postal_code"),
        ({"country": "DE", "city": "Berlin"}, "postal_code", "required"),
        ({"country": "DE", "postal_code": "10115"}, "city", "required"),
        ({"country": "US", "city": "Albany", "postal_code": "12207"}, "region", "required"),
        (
            {"country": "US", "city": "Albany", "postal_code": "12207", "region": "Bavaria"},
            "region",
            "unknown_region",
        ),
        (
            {"country": "US", "city": "Albany", "postal_code": "90210", "region": "NY"},
            "postal_code",
            "invalid_postal_code",
        ),
        ({"country": "XX", "city": "Nowhere"}, "country", "unknown_country"),
        ({"city": "Nowhere"}, "country", "required"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(wrong: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(InvalidAddress) as refused:
        read_address(BASE | wrong, field="billing_address")
    assert [(error.field, error.code) for error in refused.value.errors] == [(f"billing_address.{field}", code)]
    assert refused.value.errors[0].message.endswith((".", "!"))
