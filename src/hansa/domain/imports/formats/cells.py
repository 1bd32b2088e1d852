"""What cells may hold, whatever the format, and the sentence for a cell that holds something else."""

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from hansa.kernel.errors import Invalid
from hansa.kernel.money import parse_amount

type Mistakes = list[tuple[str, str]]
"""(field, sentence) pairs; no field: the whole row."""
type Row = Mapping[str, Any]
"""The cells of one row that are not blank, by field, understood."""
type Rules = Mapping[str, Callable[[str], Any]]

REMEMBERED = 4096
"""How many texts of a kind are understood once and looked up from then on."""
_MOST_WHOLE = 2**31 - 1  # PostgreSQL's integer
# In full, or a path of this very host, as the demo's own pictures have.
_URL = re.compile(r"(https?://[^\s/]+|/(?!/))\S*$", re.IGNORECASE)
_SHOWN = 60


class Mistake(ValueError):
    """A cell holds what it cannot; the sentence says what to write instead."""


def read_row(texts: Mapping[str, str], rules: Rules) -> tuple[Row, Mistakes]:
    """Understand the cells that are not blank; returns them with every mistake among them."""
    row: dict[str, Any] = {}
    found: Mistakes = []
    for field, text in texts.items():
        try:
            row[field] = rules[field](text)
        except Mistake as mistake:
            found.append((field, str(mistake)))
    return row, found


def text(most: int) -> Callable[[str], str]:
    """Return a rule for texts of at most so many characters."""

    def rule(text: str) -> str:
        if len(text) > most:
            message = f"The text has {len(text):,} characters; the most is {most:,}. Shorten it."
            raise Mistake(message)
        return text

    return rule


def one_of(*known: str) -> Callable[[str], str]:
    """Return a rule for one of these words, in small letters."""

    def rule(text: str) -> str:
        word = text.casefold()
        if word not in known:
            message = f"{text[:_SHOWN]!r} is not known here. Write {', '.join(known[:-1])} or {known[-1]}."
            raise Mistake(message)
        return word

    return rule


def amount(currency: str, text: str) -> int:
    """Read an amount of `currency`, in minor units. Raises Mistake."""
    try:
        return parse_amount(text, currency)
    except Invalid as error:
        raise Mistake(error.message) from None


def flag(text: str) -> bool:
    """Read a yes or no. Raises Mistake."""
    match text.casefold():
        case "true" | "yes" | "1" | "y" | "t":
            return True
        case "false" | "no" | "0" | "n" | "f":
            return False
    message = f"{text[:_SHOWN]!r} is neither TRUE nor FALSE. Write one of the two."
    raise Mistake(message)


def number(text: str) -> Decimal:
    """Read a number that fits. Raises Mistake."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value.adjusted() > 10:  # noqa: PLR2004  (more digits than any limit below)
        message = f"{text[:_SHOWN]!r} is not a number that fits here. Write it like 250."
        raise Mistake(message)
    return value


def whole(text: str) -> int:
    """Read a whole number. Raises Mistake."""
    value = number(text)
    if value != value.to_integral_value() or abs(value) > _MOST_WHOLE:
        message = f"{text[:_SHOWN]!r} is not a whole number up to {_MOST_WHOLE:,}. Write it like 12."
        raise Mistake(message)
    return int(value)


def position(text: str) -> int:
    """Read a position, from 0. Raises Mistake."""
    value = whole(text)
    if value < 0:
        message = f"{text[:_SHOWN]!r} is no position. Write 1 for the first picture, 2 for the second."
        raise Mistake(message)
    return value


def grams(text: str) -> int:
    """Read a weight in grams. Raises Mistake."""
    value = number(text)
    if not 0 <= value <= _MOST_WHOLE:
        message = f"{text[:_SHOWN]!r} is no weight. Write the grams, for example 250."
        raise Mistake(message)
    return int(value.to_integral_value(rounding=ROUND_HALF_UP))


def url(text: str) -> str:
    """Read the address of a picture. Raises Mistake."""
    if len(text) > 2000 or not _URL.match(text):  # noqa: PLR2004  (the column's size)
        message = (
            f"{text[:_SHOWN]!r} is not the address of a picture."
            " Write it in full, beginning with https://, with at most 2,000 characters."
        )
        raise Mistake(message)
    return text
