"""A page with holes: rendered for everybody, filled for each visitor. See Note [Kept pages]."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.template.loader import render_to_string


class Hole(StrEnum):
    """What each answer has of its own. The first two are called as Django's templates call them."""

    NONCE = "csp_nonce"
    TOKEN = "csrf_token"  # noqa: S105  (its name)
    CART_COUNT = "cart_count"
    NOTICES = "notices"


@dataclass(frozen=True, slots=True)
class PageWithHoles:
    """Text and holes by turns: `parts` begins and ends with text."""

    parts: tuple[bytes, ...]
    holes: tuple[Hole, ...]

    @property
    def size(self) -> int:
        """How many bytes the text takes."""
        return sum(map(len, self.parts))

    def fill(self, values: Mapping[Hole, Callable[[], str]]) -> bytes:
        """Return the page with the holes filled with HTML; each kind is asked for once, when there is such a hole."""
        filling = {hole: values[hole]().encode() for hole in dict.fromkeys(self.holes)}
        pieces = [self.parts[0]]
        for hole, part in zip(self.holes, self.parts[1:], strict=True):
            pieces += (filling[hole], part)
        return b"".join(pieces)


def render_with_holes(template: str, content: Mapping[str, Any]) -> PageWithHoles:
    """Render a template of the shop without a request: what it asks of the visitor is a hole, or nothing.

    The marks of the holes are random, so no merchant's text can hold one.
    """
    secret = secrets.token_hex(16)
    marks = {hole: f"hole-{secret}-{hole}-" for hole in Hole}
    own = {"csp_nonce": marks[Hole.NONCE], "csrf_token": marks[Hole.TOKEN], "holes": marks}
    pieces = re.split(f"hole-{secret}-({'|'.join(Hole)})-", render_to_string(template, {**content, **own}))
    return PageWithHoles(tuple(piece.encode() for piece in pieces[::2]), tuple(Hole(name) for name in pieces[1::2]))
