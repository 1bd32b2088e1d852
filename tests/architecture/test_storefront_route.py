"""Endpoints and the pool: whatever happens, the connection goes back."""

import importlib
import pkgutil
import threading

from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from hansa.config.environment import get_environment
from hansa.interfaces.storefront import routes
from hansa.interfaces.storefront.routing import StorefrontRoute
from hansa.kernel.postgresql.reading import ask
from hansa.kernel.tenancy import TenantContext, get_current_tenant, tenant_scope


def _app() -> FastAPI:
    router = APIRouter(route_class=StorefrontRoute)

    @router.get("/works")
    def works() -> str:
        return (ask("SELECT current_setting('hansa.tenant')", {}).get_value(0, 0) or b"").decode()

    @router.get("/breaks")
    def breaks() -> str:
        ask("SELECT 1", {})
        raise RuntimeError

    @router.get("/thread")
    def thread() -> list[object]:
        return [get_current_tenant().slug, threading.current_thread() is threading.main_thread()]

    app = FastAPI()
    app.include_router(router)
    return app


def test_far_more_requests_than_connections_are_answered_also_when_they_break(shop: TenantContext) -> None:
    with tenant_scope(shop), TestClient(_app(), raise_server_exceptions=False) as client:
        for _ in range(get_environment().database_pool_size + 5):
            assert client.get("/breaks").status_code == 500
            assert client.get("/works").json() == str(shop.id)


def test_the_tenant_that_the_gate_entered_is_known_on_the_thread_of_the_endpoint(shop: TenantContext) -> None:
    with tenant_scope(shop), TestClient(_app()) as client:
        assert client.get("/thread").json() == [shop.slug, False]


def test_every_endpoint_of_the_api_uses_the_route_class() -> None:
    """A bare endpoint would keep its connection on a thread of the pool for ever."""
    modules = [importlib.import_module(f"{routes.__name__}.{m.name}") for m in pkgutil.iter_modules(routes.__path__)]
    endpoints = [route for module in modules for route in module.router.routes]
    assert len(endpoints) >= 3
    assert [route.path for route in endpoints if not isinstance(route, StorefrontRoute)] == []
