"""Rendering a page of the shop."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hansa.interfaces.shop.notices import forget_notices, read_notices
from hansa.interfaces.shop.shelves import Shelf, filled

FOR_ONE_VISITOR = "private, no-cache"
"""What a page of the shop says to caches: it has a nonce, a cart's number and sentences that are one visitor's."""


def render_page(
    request: HttpRequest,
    name: str,
    tree: Sequence[Shelf],
    *,
    status: int = 200,
    notices: Sequence[str] = (),
    **content: Any,  # noqa: ANN401
) -> HttpResponse:
    """Render a page with what its header and footer need, and with what was left to be said on it."""
    left = read_notices(request)
    said = {"notices": [*notices, *left.sentences], "notices_are_good": left.is_good and not notices}
    response = render(request, f"shop/{name}.html", {"shelves": filled(tree), **said, **content}, status=status)
    response.headers["Cache-Control"] = FOR_ONE_VISITOR
    if left.sentences:
        forget_notices(response)
    return response
