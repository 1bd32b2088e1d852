"""Finding one's way in the tree of categories."""

from collections.abc import Sequence
from typing import Any

type Shelf = dict[str, Any]
"""A category as `get_category_tree` gives it: name, path, product_count, children."""


def find_trail(tree: Sequence[Shelf], path: str) -> list[Shelf]:
    """Return the shelves from the root down to `path`; empty when there is no such shelf."""
    trail: list[Shelf] = []
    level = tree
    while True:
        step = next((s for s in level if path == s["path"] or path.startswith(f"{s['path']}/")), None)
        if step is None:
            return []
        trail.append(step)
        if step["path"] == path:
            return trail
        level = step["children"]


def filled(shelves: Sequence[Shelf]) -> list[Shelf]:
    """Return the shelves that have something on them."""
    return [shelf for shelf in shelves if shelf["product_count"]]
