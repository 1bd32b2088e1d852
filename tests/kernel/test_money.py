import pytest
from hypothesis import given
from hypothesis import strategies as st

from hansa.kernel.money import (
    MAX_AMOUNT,
    InvalidAmount,
    Money,
    UnknownCurrency,
    exponent,
    parse_amount,
)


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("ISK", 0), ("AFN", 2)])
def test_the_exponent_is_the_one_of_iso_4217(currency: str, digits: int) -> None:
    assert exponent(currency) == digits


@pytest.mark.parametrize("currency", ["", "XX", "eur", "ABC"])
def test_what_is_no_currency_is_refused(currency: str) -> None:
    with pytest.raises(UnknownCurrency):
        exponent(currency)


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [("19.99", "EUR", 1999), (" 5 ", "EUR", 500), ("0", "EUR", 0), ("1200", "JPY", 1200), ("1.5", "KWD", 1500)],
)
def test_plain_decimals_are_read_as_minor_units(text: str, currency: str, amount: int) -> None:
    assert parse_amount(text, currency) == amount


@pytest.mark.parametrize(
    "text", ["", "free", "-1", "1e309", "NaN", "Infinity", "1,99", "19.999", "10000000000.01", "$5", "1e13"]
)
def test_what_is_no_amount_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(InvalidAmount) as refused:
        parse_amount(text, "EUR")
    assert refused.value.message


@given(st.integers(0, MAX_AMOUNT), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_an_amount_survives_being_written_and_read(amount: int, currency: str) -> None:
    assert parse_amount(str(Money(amount, currency).major), currency) == amount


@given(st.text(max_size=30))
def test_any_text_gives_an_amount_or_a_refusal(text: str) -> None:
    try:
        amount = parse_amount(text, "EUR")
    except InvalidAmount:
        return
    assert 0 <= amount <= MAX_AMOUNT


def test_adding_two_currencies_is_a_bug() -> None:
    with pytest.raises(ValueError, match="cannot add"):
        Money(1, "EUR") + Money(1, "USD")


def test_money_is_shown_as_people_write_it() -> None:
    assert Money(1999, "EUR").display("en") == "€19.99"
    assert Money(1999, "JPY").display("en") == "¥1,999"
