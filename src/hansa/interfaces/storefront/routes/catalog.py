"""Products and categories."""

from hashlib import blake2b
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from hansa.domain.catalog.selectors import (
    aget_listing_facets,
    aget_listing_page,
    get_category_tree,
    get_product_document,
)
from hansa.domain.pricing.selectors import price_product_document
from hansa.interfaces.storefront.people import find_signed_in
from hansa.interfaces.storefront.query import described, read_query
from hansa.interfaces.storefront.routing import StorefrontRoute
from hansa.interfaces.storefront.schemas.catalog import (
    CategoryOut,
    ProblemOut,
    ProductOut,
    ProductPageOut,
    ProductsQuery,
)
from hansa.kernel import clock

PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemOut, "description": "No such thing, or another shop's"},
    422: {"model": ProblemOut, "description": "The request makes no sense as it is"},
}

router = APIRouter(route_class=StorefrontRoute, tags=["catalogue"])


@router.get("/products", response_model=ProductPageOut, responses=PROBLEMS, openapi_extra=described(ProductsQuery))
async def list_products(request: Request) -> Response:
    """List products: filter, sort, search, page by page.

    `attr.<name>=<value>` filters by an attribute or option, up to ten times: of several values of one
    attribute any will do, of several attributes each must fit. Facets count what all filters leave.
    """
    query = read_query(ProductsQuery, request)
    listing = query.to_query()
    page = await aget_listing_page(listing)
    cursor = f'"{page.next_cursor}"' if page.next_cursor else "null"
    facets = b',"facets":' + await aget_listing_facets(listing) if query.facets else b""
    return _cacheable(b'{"items":[' + page.items + b'],"next_cursor":' + cursor.encode() + facets + b"}", request)


@router.get("/products/{slug}", response_model=ProductOut, responses=PROBLEMS)
def get_product(slug: Annotated[str, Path(max_length=300)], request: Request) -> dict[str, Any]:
    """Return everything a product page shows, at the prices of whoever is logged in."""
    person = find_signed_in(request)
    customer_id = person.customer_id if person else None
    return price_product_document(get_product_document(slug), now=clock.now(), customer_id=customer_id)


@router.get("/categories", response_model=list[CategoryOut])
def list_categories() -> list[dict[str, Any]]:
    """Return the shop's categories as a tree."""
    return get_category_tree()


def _cacheable(body: bytes, request: Request) -> Response:
    """Answer with an ETag of the body, or 304 when the client has that body already."""
    tag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None and (tag in if_none_match or if_none_match.strip() == "*"):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
