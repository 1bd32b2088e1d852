"""What a shopper asked for in the address: the one place that reads and writes the query string.

Whatever cannot be read is left out, with a sentence for the shopper where that helps: a mistyped
address must never break a page.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from hansa.domain.catalog.queries import ListingQuery, Sort
from hansa.domain.catalog.text import search_query
from hansa.domain.catalog.types import Shown
from hansa.kernel.money import InvalidAmount, Money, parse_amount

PAGE_SIZE = 24
MAX_ATTRIBUTES = 10
MAX_QUERY_CHARACTERS = 200
_MAX_VALUE_CHARACTERS = 300
_ATTRIBUTE = "attr."

SORT_LABELS = {
    Sort.RELEVANCE: "Best match",
    Sort.NEWEST: "Newest",
    Sort.POPULAR: "Most popular",
    Sort.PRICE: "Price: low to high",
    Sort.PRICE_DESCENDING: "Price: high to low",
    Sort.NAME: "Name: A to Z",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Words, order, filters and the place in the list. Prices in minor units of `currency`."""

    currency: str
    typed: str = ""
    sort: Sort = Sort.NEWEST
    price_from: int | None = None
    price_to: int | None = None
    in_stock: bool = False
    attributes: tuple[tuple[str, str], ...] = ()
    cursor: str | None = None
    complaints: tuple[str, ...] = ()
    """What could not be read, in words for the shopper."""

    @property
    def words(self) -> str:
        """What was typed, as the search index takes it; "" when there is nothing to look for."""
        return search_query(self.typed)

    @property
    def default_sort(self) -> Sort:
        """The order when nobody asks for one."""
        return Sort.RELEVANCE if self.words else Sort.NEWEST

    @property
    def is_filtered(self) -> bool:
        """Whether something narrows the list, apart from the words."""
        return bool(self.attributes) or self.in_stock or self.price_from is not None or self.price_to is not None

    @property
    def price_from_text(self) -> str:
        """The lowest price as people type it."""
        return _plain_amount(self.price_from, self.currency)

    @property
    def price_to_text(self) -> str:
        """The highest price as people type it."""
        return _plain_amount(self.price_to, self.currency)

    def query(self, category: str | None) -> ListingQuery:
        """Translate for the domain."""
        return ListingQuery(
            category=category,
            words=self.words or None,
            sort=self.sort,
            min_price=self.price_from,
            max_price=self.price_to,
            in_stock=True if self.in_stock else None,
            attributes=self.attributes,
            limit=PAGE_SIZE,
            cursor=self.cursor,
        )

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield the parameters that say the same again, for addresses and for hidden form fields."""
        if self.typed:
            yield "q", self.typed
        if self.sort is not self.default_sort:
            yield "sort", self.sort.value
        if self.price_from is not None:
            yield "price_from", self.price_from_text
        if self.price_to is not None:
            yield "price_to", self.price_to_text
        if self.in_stock:
            yield "in_stock", "1"
        for name, value in self.attributes:
            yield _ATTRIBUTE + name, value
        if self.cursor:
            yield "cursor", self.cursor

    def address(self, **changes: Any) -> str:  # noqa: ANN401  (the fields of this class)
        """Return the query string of this selection with `changes`, from its first page on."""
        changed = replace(self, **({"cursor": None} | changes))
        return "?" + urlencode(list(changed.fields()))

    def fields_without(self, *names: str) -> list[tuple[str, str]]:
        """Return the parameters a form must carry along: all but its own, and never the cursor."""
        return [(name, value) for name, value in self.fields() if name not in {*names, "cursor"}]

    def chosen_value(self, name: str) -> str | None:
        """Return the value that is chosen of an attribute."""
        return dict(self.attributes).get(name)

    def choosing(self, name: str, value: str | None) -> tuple[tuple[str, str], ...]:
        """Return the attributes with `name` set to `value`, or let go."""
        others = tuple(pair for pair in self.attributes if pair[0] != name)
        return others if value is None else (*others, (name, value))


def read_selection(parameters: QueryDict, currency: str) -> Selection:
    """Read a query string, whatever is in it."""
    typed = _clean(parameters.get("q", ""), MAX_QUERY_CHARACTERS)
    complaints: list[str] = []
    low = _read_price(parameters.get("price_from", ""), currency, complaints)
    high = _read_price(parameters.get("price_to", ""), currency, complaints)
    if low is not None and high is not None and low > high:
        low, high = high, low  # whoever writes “from 50 to 20” means what lies between
    return Selection(
        currency=currency,
        typed=typed,
        sort=_read_sort(parameters.get("sort", ""), has_words=bool(search_query(typed))),
        price_from=low,
        price_to=high,
        in_stock=parameters.get("in_stock", "") in {"1", "true", "on"},
        attributes=_read_attributes(parameters),
        cursor=_clean(parameters.get("cursor", ""), 1000) or None,
        complaints=tuple(complaints),
    )


def shown_by(selection: Selection) -> tuple[Shown, ...]:
    """Return the parts of the catalogue that a list of this selection is made of."""
    return (Shown.LISTS, Shown.POPULARITY) if selection.sort is Sort.POPULAR else (Shown.LISTS,)


def _clean(text: str, max_characters: int) -> str:
    """Return `text` cut, without the NUL that PostgreSQL takes in no text."""
    return text.replace("\x00", "").strip()[:max_characters]


def _read_price(text: str, currency: str, complaints: list[str]) -> int | None:
    text = _clean(text, 40)
    if not text:
        return None
    try:
        # Half of Europe writes 19,99.
        return parse_amount(text.replace(",", ".") if "." not in text else text, currency)
    except InvalidAmount:
        complaints.append(f"“{text}” is not a price we can read. Write it like 20 or 19.99.")
        return None


def _read_sort(text: str, *, has_words: bool) -> Sort:
    default = Sort.RELEVANCE if has_words else Sort.NEWEST
    try:
        wanted = Sort(text)
    except ValueError:
        return default
    return default if wanted is Sort.RELEVANCE else wanted


def _read_attributes(parameters: QueryDict) -> tuple[tuple[str, str], ...]:
    """Read `attr.<name>=<value>`; of several values of one attribute the last counts."""
    chosen: dict[str, str] = {}
    for key in parameters:
        name = _clean(key.removeprefix(_ATTRIBUTE), _MAX_VALUE_CHARACTERS)
        value = _clean(parameters.get(key, ""), _MAX_VALUE_CHARACTERS)
        if key.startswith(_ATTRIBUTE) and name and value and len(chosen) < MAX_ATTRIBUTES:
            chosen[name] = value
    return tuple(chosen.items())


def _plain_amount(amount: int | None, currency: str) -> str:
    """Return an amount as people type it: 20 or 19.99."""
    if amount is None:
        return ""
    major = Money(amount, currency).major
    return str(int(major)) if major == int(major) else str(major)
