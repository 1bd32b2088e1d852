"""One row of a WooCommerce file: what each cell may hold."""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from hansa.domain.catalog.models import MAX_DESCRIPTION_CHARACTERS
from hansa.domain.imports.formats.cells import Mistake, Rules, amount, number, text, url, whole
from hansa.domain.imports.formats.hansa_columns import split_list

KINDS = frozenset(("simple", "variable", "variation", "grouped", "external"))
_EXTRA_KINDS = frozenset(("virtual", "downloadable"))
_SPACES = re.compile(r"[\s\u00a0\u202f]")
_BLOCK = re.compile(r"<(?:p|div|ul|ol|h[1-6]|table|blockquote|br)\b", re.IGNORECASE)
_MOST_GRAMS = 2**31 - 1


def rules_for(currency: str, grams_per_unit: float) -> Rules:
    """Return what each cell may hold, in a file with prices in `currency`."""
    price = partial(_price, currency)
    return {
        "id": text(50),
        "type": _kinds,
        "sku": text(255),
        "gtin": text(64),
        "name": text(300),
        "published": _published,
        "visibility": str.casefold,
        "short_description": partial(_html, text(MAX_DESCRIPTION_CHARACTERS)),
        "description": partial(_html, text(MAX_DESCRIPTION_CHARACTERS)),
        "sale_starts": str,
        "sale_ends": str,
        "tax_status": str.casefold,
        "in_stock": str.casefold,
        "stock": _stock,
        "backorders": str.casefold,
        "weight": partial(_grams, grams_per_unit),
        "sale_price": price,
        "regular_price": price,
        "categories": _categories,
        "tags": comma_list,
        "images": _images,
        "parent": text(255),
        "external_url": str,
    }


def comma_list(cell: str) -> tuple[str, ...]:
    r"""Return the texts of a list; a comma that belongs to a text is written `\,`."""
    return tuple(dict.fromkeys(one for one in split_list(cell, ",") if one))


def plain_number(cell: str) -> str:
    """Return a number as Python reads it: `1 299,50` and `1.299,50` and `1,299.50` are 1299.50."""
    digits = _SPACES.sub("", cell)
    last = max(digits.rfind(","), digits.rfind("."))
    if last < 0:
        return digits
    whole_part, rest = digits[:last], digits[last + 1 :]
    is_grouped = digits.count(digits[last]) > 1
    return re.sub(r"[.,]", "", digits) if is_grouped else f"{re.sub(r'[.,]', '', whole_part)}.{rest}"


def _kinds(cell: str) -> frozenset[str]:
    kinds = frozenset(one.casefold() for one in comma_list(cell))
    if len(kinds & KINDS) != 1 or kinds - KINDS - _EXTRA_KINDS:
        message = f"{cell[:60]!r} is no kind of product that we know. Write simple, variable, variation or external."
        raise Mistake(message)
    return kinds


def _published(cell: str) -> bool:
    known = {"1": True, "0": False, "-1": False, "2": False}
    if cell not in known:
        message = f"{cell[:60]!r} is not known here. Write 1 for published, 0 or -1 for not."
        raise Mistake(message)
    return known[cell]


def _html(limit: Callable[[str], str], cell: str) -> str:
    r"""Return a text as HTML: the exporter writes line ends as the two characters `\n`."""
    lines = limit(cell.replace("\\r\\n", "\n").replace("\\n", "\n"))
    if _BLOCK.search(lines) or "\n" not in lines:
        return lines
    paragraphs = (one.strip().replace("\n", "<br>") for one in re.split(r"\n\s*\n", lines))
    return "".join(f"<p>{one}</p>" for one in paragraphs if one)


def _price(currency: str, cell: str) -> int:
    return amount(currency, plain_number(cell))


def _stock(cell: str) -> int | None:
    """Return the pieces; None for `parent`, whose stock all its variations share."""
    return None if cell.casefold() == "parent" else whole(plain_number(cell))


def _grams(per_unit: float, cell: str) -> int:
    value = number(plain_number(cell)) * Decimal(str(per_unit))
    if not 0 <= value <= _MOST_GRAMS:
        message = f"{cell[:60]!r} is no weight. Write a number, for example 0.25."
        raise Mistake(message)
    return int(value.to_integral_value(rounding=ROUND_HALF_UP))


def _categories(cell: str) -> tuple[tuple[str, ...], ...]:
    """Return the paths, the deepest first; of several as deep, the one that the file names first."""
    paths = (tuple(level.strip() for level in path.split(">") if level.strip()) for path in comma_list(cell))
    return tuple(sorted((path for path in paths if path), key=len, reverse=True))


def _images(cell: str) -> tuple[str, ...]:
    return tuple(url(one) for one in comma_list(cell))
