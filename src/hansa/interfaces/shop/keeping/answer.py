"""Answering with a page that is kept, or made now. See Note [Kept pages]."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import get_nonce
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from hansa.domain.catalog.selectors import get_catalogue_version
from hansa.domain.catalog.types import Shown
from hansa.domain.pricing.selectors import find_next_price_change
from hansa.interfaces.shop.buying.cookies import read_count
from hansa.interfaces.shop.context import describe_shop, origin_of
from hansa.interfaces.shop.keeping.holes import Hole, PageWithHoles, render_with_holes
from hansa.interfaces.shop.keeping.memory import PageMemory
from hansa.interfaces.shop.notices import Notices, forget_notices, read_notices
from hansa.interfaces.shop.page import FOR_ONE_VISITOR
from hansa.interfaces.shop.shelves import Shelf, filled
from hansa.kernel import clock
from hansa.kernel.tenancy import get_current_tenant

LONGEST = timedelta(hours=1)
"""A kept page ends after this at the latest, whatever we have forgotten."""

memory = PageMemory(settings.MAX_KEPT_PAGES_BYTES)
"""What this process keeps."""


@dataclass(frozen=True, slots=True)
class Question:
    """A page that was asked for. Two questions that are equal have the same answer, from whomever they come."""

    template: str
    shows: tuple[Shown, ...]
    """The parts of the catalogue that it is made of."""
    asked: Hashable = None
    """All that its content depends on besides the catalogue, the shop and the path, as we understood it."""


@dataclass(frozen=True, slots=True)
class Content:
    """What was read for a page."""

    tree: Sequence[Shelf]
    values: Mapping[str, Any]
    is_worth_keeping: bool = True
    """Not what only this visitor will ever ask for."""


def answer_for_everybody(request: HttpRequest, question: Question, read: Callable[[], Content]) -> HttpResponse:
    """Answer with the page that is kept, or read, render and keep it."""
    if not memory.max_bytes:
        return answer_once(request, question, read)
    version_of, now = get_catalogue_version(), clock.now()
    version = tuple(version_of[kind] for kind in question.shows)
    key = (get_current_tenant(), origin_of(request), request.path, question)
    page = memory.find(key, version, now)
    if page is None:
        content = read()
        page = _render(request, question, content)
        if content.is_worth_keeping:
            memory.keep(key, page, version, _until(question, now))
    return _send(request, page)


def answer_once(request: HttpRequest, question: Question, read: Callable[[], Content]) -> HttpResponse:
    """Answer with a page of this visitor's: it is not looked for, and not kept."""
    return _send(request, _render(request, question, read()))


def _until(question: Question, now: datetime) -> datetime:
    """Return when the page ends though nobody writes anything.

    A product's page asks the price lists themselves. Lists show what the worker has published of them, which is
    a write like any other.
    """
    change = find_next_price_change(now) if Shown.PRODUCTS in question.shows else None
    return min(change, now + LONGEST) if change else now + LONGEST


def _render(request: HttpRequest, question: Question, content: Content) -> PageWithHoles:
    site = {"origin": origin_of(request), "address": request.path, "shelves": filled(content.tree)}
    return render_with_holes(
        f"shop/{question.template}.html", {**describe_shop(get_current_tenant()), **site, **content.values}
    )


def _send(request: HttpRequest, page: PageWithHoles) -> HttpResponse:
    left = read_notices(request)
    response = HttpResponse(
        page.fill(
            {
                Hole.NONCE: lambda: str(get_nonce(request)),
                Hole.TOKEN: lambda: get_token(request),
                Hole.CART_COUNT: lambda: render_to_string("shop/_cart_count.html", {"cart_count": read_count(request)}),
                Hole.NOTICES: lambda: _say(left),
            }
        ),
        headers={"Cache-Control": FOR_ONE_VISITOR},
    )
    if left.sentences:
        forget_notices(response)
    return response


def _say(left: Notices) -> str:
    said = {"notices": left.sentences, "notices_are_good": left.is_good}
    return render_to_string("shop/_notices.html", said) if left.sentences else ""
