"""Money: integer minor units of an ISO 4217 currency. The one rounding is `ratio` in `domain/pricing/split.py`.

Note [Rounding]: halves go away from zero ("half up"), because that is what people do on
invoices. Floats never appear; `Decimal` only while text is read or printed.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Self

import moneyed
from babel.numbers import format_currency

from hansa.kernel.errors import Invalid

MAX_AMOUNT = 10**12
"""The largest amount we take, in minor units."""


_SHARED_CURRENCIES = frozenset(("XAF", "XCD", "XCG", "XOF", "XPF"))
"""The codes with X that several countries pay with; ISO 4217 keeps the others for what is no money."""


class UnknownCurrency(Invalid):
    """The three letters are no ISO 4217 currency."""

    code = "unknown_currency"


class InvalidAmount(Invalid):
    """The text is no amount of money in this currency."""

    code = "invalid_amount"


@cache
def exponent(currency: str) -> int:
    """Return how many decimals the currency has: 2 for EUR, 0 for JPY, 3 for KWD.

    Raises UnknownCurrency. Source: ISO 4217, through py-moneyed.
    """
    try:
        sub_unit = moneyed.get_currency(currency).sub_unit
    except moneyed.CurrencyDoesNotExist:
        message = f"{currency!r} is not an ISO 4217 currency. Use three capital letters, for example EUR."
        raise UnknownCurrency(message) from None
    if currency.startswith("X") and currency not in _SHARED_CURRENCIES:
        message = f"Nobody pays in {currency}: it is a metal, a fund or a code for tests."
        raise UnknownCurrency(message)
    return len(str(sub_unit)) - 1


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units (cents) with its currency."""

    amount: int
    currency: str

    def __add__(self, other: Self) -> "Money":
        """Add; adding two currencies is a bug and raises ValueError."""
        if self.currency != other.currency:
            message = f"cannot add {other.currency} to {self.currency}"
            raise ValueError(message)
        return Money(self.amount + other.amount, self.currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units, exact: 19.99."""
        return Decimal(self.amount).scaleb(-exponent(self.currency))

    def display(self, locale: str = "en") -> str:
        """Return the amount as people of `locale` write it: €19.99."""
        return format_currency(self.major, self.currency, locale=locale)


def parse_amount(text: str, currency: str) -> int:
    """Read a plain decimal such as `1299.5` and return minor units.

    Raises InvalidAmount for anything else: no number, negative, more decimals than the currency
    has, or more than MAX_AMOUNT.
    """
    digits = exponent(currency)
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        message = f"{text.strip()[:40]!r} is not a number. Write the amount like 19.99, without a currency sign."
        raise InvalidAmount(message) from None
    if not value.is_finite() or value < 0 or value.adjusted() > len(str(MAX_AMOUNT)):
        message = f"{text.strip()[:40]!r} is not an amount that can be charged. Write a number from 0 to 9 999 999 999."
        raise InvalidAmount(message)
    minor = value.scaleb(digits)
    if minor != minor.to_integral_value():
        message = f"{text.strip()[:40]!r} has more decimals than {currency} has ({digits})."
        raise InvalidAmount(message)
    if minor > MAX_AMOUNT:
        message = f"{text.strip()[:40]!r} is more than the largest amount we take."
        raise InvalidAmount(message)
    return int(minor)
