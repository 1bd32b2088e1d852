"""A list of products with its filters, ready for the template."""

import json
from dataclasses import dataclass, replace
from typing import Any

from hansa.domain.catalog.errors import InvalidCursor
from hansa.domain.catalog.queries import Sort
from hansa.domain.catalog.selectors import ListingPage, get_listing_facets, get_listing_page
from hansa.interfaces.shop.selection import SORT_LABELS, Selection
from hansa.kernel.money import Money

VALUES_AT_FIRST = 8
"""How many values of an attribute are shown before “More”."""


@dataclass(frozen=True, slots=True)
class FilterValue:
    """One value to filter by; following `address` chooses it, or lets it go when it is chosen."""

    label: str
    address: str
    is_chosen: bool
    count: int | None
    """How many products it leaves; None where the answer would need a question of its own."""


@dataclass(frozen=True, slots=True)
class FilterGroup:
    """One attribute with its values."""

    label: str
    values: list[FilterValue]

    @property
    def first_values(self) -> list[FilterValue]:
        """The values that are shown at once."""
        return self.values[:VALUES_AT_FIRST]

    @property
    def further_values(self) -> list[FilterValue]:
        """The values behind “More”."""
        return self.values[VALUES_AT_FIRST:]


@dataclass(frozen=True, slots=True)
class ProductList:
    """One page of products, and what can be done with the list."""

    selection: Selection
    documents: list[dict[str, Any]]
    next_address: str | None
    facets: dict[str, Any]
    groups: list[FilterGroup]

    @property
    def count(self) -> int:
        """How many products there are on all pages."""
        return int(self.facets["count"])

    @property
    def first_address(self) -> str | None:
        """Where the list begins, when this is not its first page."""
        return self.selection.address() if self.selection.cursor else None

    @property
    def unfiltered_address(self) -> str:
        """The same list with every filter let go."""
        return self.selection.address(price_from=None, price_to=None, in_stock=False, attributes=())

    @property
    def stock_filter(self) -> FilterValue:
        """The choice between everything and what is in stock."""
        chosen = self.selection.in_stock
        return FilterValue("In stock", self.selection.address(in_stock=not chosen), chosen, self.facets["in_stock"])

    @property
    def sorts(self) -> list[tuple[str, str, bool]]:
        """Every order as value, label, and whether it is the present one."""
        offered = [sort for sort in SORT_LABELS if sort is not Sort.RELEVANCE or self.selection.words]
        return [(sort.value, SORT_LABELS[sort], sort is self.selection.sort) for sort in offered]

    @property
    def sort_fields(self) -> list[tuple[str, str]]:
        """What the form that sorts carries along."""
        return self.selection.fields_without("sort")

    @property
    def price_fields(self) -> list[tuple[str, str]]:
        """What the form that filters by price carries along."""
        return self.selection.fields_without("price_from", "price_to")

    @property
    def price_bounds(self) -> tuple[str, str] | None:
        """The cheapest and the dearest of the list, as shown to people; None when the list is empty."""
        bounds, currency = self.facets["price"], self.selection.currency
        if bounds["min"] is None:
            return None
        return Money(bounds["min"], currency).display(), Money(bounds["max"], currency).display()

    @property
    def chips(self) -> list[FilterValue]:
        """What is filtered by now; following a chip's address lets it go."""
        selection = self.selection
        chips = [
            _chip(f"{label_of(name)}: {value}", selection.address(attributes=selection.choosing(name, None)))
            for name, value in selection.attributes
        ]
        if selection.in_stock:
            chips.append(_chip("In stock", selection.address(in_stock=False)))
        for field, word in (("price_from", "From"), ("price_to", "Up to")):
            amount = getattr(selection, field)
            if amount is not None:
                label = f"{word} {Money(amount, selection.currency).display()}"
                chips.append(_chip(label, selection.address(**{field: None})))
        return chips


def read_product_list(selection: Selection, category: str | None) -> ProductList:
    """Read a page of products and what they can be filtered by: at most three statements.

    A cursor that is not ours is left out: the list then begins at its beginning.
    """
    try:
        page = get_listing_page(selection.query(category))
    except InvalidCursor:
        selection = replace(selection, cursor=None)
        page = get_listing_page(selection.query(category))
    documents = page.documents()
    facets, offered = _read_facets(selection, category, is_empty=not documents and not selection.cursor)
    return ProductList(
        selection, documents, _next_address(selection, page), facets, _groups(selection, facets, offered)
    )


def is_for_many(selection: Selection, products: ProductList) -> bool:
    """Tell whether others will ask for the same: what is clicked, not what is typed, mistyped or made up."""
    is_typed = selection.typed or selection.price_from is not None or selection.price_to is not None
    return not is_typed and not selection.complaints and bool(products.documents) and products.selection == selection


def label_of(name: str) -> str:
    """Return an attribute's name as people write it: `shoe-size` becomes “Shoe size”."""
    words = name.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _chip(label: str, address: str) -> FilterValue:
    return FilterValue(label, address, is_chosen=True, count=None)


def _next_address(selection: Selection, page: ListingPage) -> str | None:
    return selection.address(cursor=page.next_cursor) if page.next_cursor else None


def _read_facets(
    selection: Selection, category: str | None, *, is_empty: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the counts of what is selected, and of what could be selected instead.

    The second leaves the chosen attributes out: otherwise choosing a colour would make all other
    colours disappear, and there would be no way from one to the next.
    """
    everything = replace(selection, attributes=(), cursor=None)
    offered = json.loads(get_listing_facets(everything.query(category)))
    if not selection.attributes:
        return offered, offered
    if is_empty:
        return offered | {"count": 0, "in_stock": 0, "attributes": []}, offered
    return json.loads(get_listing_facets(selection.query(category))), offered


def _groups(selection: Selection, facets: dict[str, Any], offered: dict[str, Any]) -> list[FilterGroup]:
    counts = {(f["name"], v["value"]): v["count"] for f in facets["attributes"] for v in f["values"]}
    groups = []
    # What most products have comes first; a knife's blade matters to few who look through a kitchen.
    for facet in sorted(offered["attributes"], key=lambda facet: -sum(value["count"] for value in facet["values"])):
        name, chosen = facet["name"], selection.chosen_value(facet["name"])
        is_only_choice = len(selection.attributes) == (chosen is not None)
        values = []
        for entry in facet["values"]:
            value, count = entry["value"], counts.get((name, entry["value"]))
            if chosen is not None and value != chosen:
                # What is left after changing this one choice is known only if it is the only one.
                count = entry["count"] if is_only_choice else None
            elif count is None and value != chosen:
                continue
            target = selection.choosing(name, None if value == chosen else value)
            values.append(FilterValue(value, selection.address(attributes=target), value == chosen, count))
        if len(values) > 1 or chosen is not None:
            groups.append(FilterGroup(label_of(name), values))
    return groups
