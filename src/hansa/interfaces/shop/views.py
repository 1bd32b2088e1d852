"""Pages of the shop."""

from contextlib import closing
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.views.decorators.http import require_safe
from structlog.contextvars import get_contextvars

from hansa.domain.catalog.errors import ProductNotFound
from hansa.domain.catalog.queries import ListingQuery
from hansa.domain.catalog.selectors import get_category_tree, get_listing_page, get_product_document
from hansa.domain.catalog.types import Shown
from hansa.domain.pricing.selectors import price_product_document
from hansa.interfaces.shop.context import absolute_address, origin_of, shop
from hansa.interfaces.shop.front import read_front
from hansa.interfaces.shop.keeping.answer import Content, Question, answer_for_everybody, answer_once
from hansa.interfaces.shop.listing import is_for_many, read_product_list
from hansa.interfaces.shop.page import render_page
from hansa.interfaces.shop.product import ProductPage, build_product_page, read_related, read_variant
from hansa.interfaces.shop.selection import read_selection, shown_by
from hansa.interfaces.shop.shelves import Shelf, find_trail
from hansa.interfaces.shop.shopper import find_shopper
from hansa.interfaces.shop.structured_data import Absolute, product_data, trail_data
from hansa.kernel import clock
from hansa.kernel.tenancy import find_current_tenant, get_current_tenant

SUGGESTIONS = 4
_PRIVATE = ("/admin/", "/search/", "/cart", "/checkout", "/orders/", "/account/")
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in _PRIVATE)


@transaction.non_atomic_requests
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the shop's front."""

    def read() -> Content:
        tree = get_category_tree()
        return Content(tree, {"front": read_front(tree)})

    return answer_for_everybody(request, Question("home", (Shown.LISTS,)), read)


@transaction.non_atomic_requests
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Show all products."""
    selection = read_selection(request.GET, get_current_tenant().currency)

    def read() -> Content:
        products = read_product_list(selection, None)
        return Content(get_category_tree(), {"products": products}, is_for_many(selection, products))

    return answer_for_everybody(request, Question("everything", shown_by(selection), selection), read)


@transaction.non_atomic_requests
@require_safe
def category(request: HttpRequest, path: str) -> HttpResponse:
    """Show a shelf with everything on and below it."""
    selection = read_selection(request.GET, get_current_tenant().currency)

    def read() -> Content:
        tree = get_category_tree()
        trail = find_trail(tree, path)
        if not trail:
            message = f"no category {path[:100]!r}"
            raise Http404(message)
        products = read_product_list(selection, path)
        data = trail_data(trail, get_current_tenant().name, _absolute(request))
        values = {"shelf": trail[-1], "trail": trail, "products": products, "trail_data": data}
        return Content(tree, values, is_for_many(selection, products))

    return answer_for_everybody(request, Question("category", shown_by(selection), selection), read)


@transaction.non_atomic_requests
@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a product with one of its variants chosen, at the prices of whoever is logged in."""
    person, variant = find_shopper(request), read_variant(request.GET.get("variant", ""))

    def read() -> Content:
        customer_id = person.customer_id if person else None
        try:
            document = price_product_document(get_product_document(slug), now=clock.now(), customer_id=customer_id)
        except ProductNotFound as error:
            raise Http404(error.message) from error
        return _product_content(request, build_product_page(document, variant), variant)

    answer = answer_once if person else answer_for_everybody
    return answer(request, Question("product", (Shown.LISTS, Shown.PRODUCTS), variant), read)


def _product_content(request: HttpRequest, page: ProductPage, variant: str | None) -> Content:
    tree, name, absolute = get_category_tree(), get_current_tenant().name, _absolute(request)
    trail = find_trail(tree, page.document["category"]["path"]) if page.document["category"] else []
    is_known = variant in {None, page.variant["id"]}
    values = {
        "page": page,
        "trail": trail,
        "related": read_related(page.document),
        "back": f"{request.path}?variant={variant}" if variant and is_known else request.path,
        "product_data": product_data(page, name, absolute),
        "trail_data": trail_data(trail, name, absolute),
    }
    return Content(tree, values, is_known)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what the words find, or where else to look."""
    selection = read_selection(request.GET, get_current_tenant().currency)
    products = read_product_list(selection, None) if selection.words else None
    suggestions = [] if products and products.documents else _newest()
    return render_page(
        request, "search", get_category_tree(), selection=selection, products=products, suggestions=suggestions
    )


@transaction.non_atomic_requests
def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """Send browsers that ask at the old place to our icon."""
    return HttpResponseRedirect(static("shop/favicon.svg"))


@transaction.non_atomic_requests
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """Tell crawlers what is not for them."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """Say that there is no such page, and where to go from here."""
    tree: list[Shelf] = []
    # A missing file below /static/ has no tenant, and so no categories.
    if find_current_tenant():
        # Django answers for errors on a thread of its own, whose connection nobody else gives back to the pool.
        with closing(connection):
            tree = get_category_tree()
    return render_page(request, "404", tree, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Say that something broke, and how we find it in the log. Asks the database nothing: it may be what broke."""
    reference = get_contextvars().get("request_id")  # bound by the gate
    return HttpResponse(render_to_string("shop/500.html", shop(request) | {"reference": reference}), status=500)


def not_from_here(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """Say that a form was not one of ours, or too old: Django's protection against forged requests."""
    message = "The form was too old, or cookies are switched off. Go back, load the page again, and send it once more."
    content = {"title": "This form cannot be taken", "message": message, "status": 403}
    return HttpResponse(render_to_string("shop/busy.html", content), status=403)


def _absolute(request: HttpRequest) -> Absolute:
    return partial(absolute_address, origin=origin_of(request))


def _newest() -> list[dict[str, Any]]:
    return get_listing_page(ListingQuery(limit=SUGGESTIONS)).documents()
