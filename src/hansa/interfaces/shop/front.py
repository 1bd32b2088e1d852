"""What stands on the shop's front page, ready for the template."""

from dataclasses import dataclass
from typing import Any

from hansa.domain.catalog.queries import MAX_PAGE, ListingQuery
from hansa.domain.catalog.selectors import get_listing_page
from hansa.interfaces.shop.shelves import Shelf, filled

HERO_PICTURES = 3
ROW_LENGTH = 8
MAX_TILES = 8


@dataclass(frozen=True, slots=True)
class Tile:
    """A category with a picture of something on its shelf."""

    shelf: Shelf
    image: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Front:
    """The front page."""

    hero: list[dict[str, Any]]
    tiles: list[Tile]
    newest: list[dict[str, Any]]
    reduced: list[dict[str, Any]]


def read_front(tree: list[Shelf]) -> Front:
    """Choose what the front page shows from the newest products: one statement."""
    documents = get_listing_page(ListingQuery(limit=MAX_PAGE)).documents()
    available = [document for document in documents if document["in_stock"]]
    pictured = [document for document in available if document["image"]]
    hero = _one_per_root(pictured)[:HERO_PICTURES]
    hero += [document for document in pictured if document not in hero][: HERO_PICTURES - len(hero)]
    others = [document for document in documents if document not in hero]
    return Front(
        hero=hero,
        tiles=_tiles(tree, pictured),
        # What the hero shows is not shown again, unless the shop is small.
        newest=(others if len(others) >= ROW_LENGTH else documents)[:ROW_LENGTH],
        reduced=_whole_rows([document for document in available if document["compare_at_price"]]),
    )


def _whole_rows(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return at most two rows, the second only when it is full: a lone last product looks left over."""
    return documents[: ROW_LENGTH if len(documents) >= ROW_LENGTH else ROW_LENGTH // 2]


def _root(document: dict[str, Any]) -> str:
    category = document["category"]
    return str(category["path"]).partition("/")[0] if category else ""


def _one_per_root(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first product of each root category, so that the pictures show the range."""
    first: dict[str, dict[str, Any]] = {}
    for document in documents:
        first.setdefault(_root(document), document)
    return list(first.values())


def _tiles(tree: list[Shelf], pictured: list[dict[str, Any]]) -> list[Tile]:
    """Give each root category a picture: of its oldest product, because the newest are shown anyway."""
    images = {_root(document): document["image"] for document in pictured}
    return [Tile(shelf, images.get(shelf["path"])) for shelf in filled(tree)[:MAX_TILES]]
