"""Hansa's own application with one more route: an endpoint that does nothing, to compare with."""

from fastapi import APIRouter, Response

from hansa.config.asgi import application
from hansa.interfaces.storefront.app import storefront
from hansa.interfaces.storefront.routing import StorefrontRoute

router = APIRouter(route_class=StorefrontRoute)


@router.get("/api/v1/bench/empty")
def empty() -> Response:
    """Do nothing, on a thread of the pool, like every endpoint."""
    return Response(b"{}", media_type="application/json")


storefront.app.include_router(router)

__all__ = ["application"]
