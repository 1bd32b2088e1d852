"""Columns of lists: Unfold's `display`, with types."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.db.models.expressions import OrderBy
from unfold.decorators import display


def column[F: Callable[..., Any]](
    description: str, *, ordering: str | OrderBy | None = None, label: Mapping[str, str] | None = None
) -> Callable[[F], F]:
    """Make a method a column under `description`; `label` gives each value its colour."""
    return cast("Callable[[F], F]", display(description=description, ordering=ordering, label=label))
