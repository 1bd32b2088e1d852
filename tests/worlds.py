"""Small worlds for tests: shops with something in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from starlette.testclient import TestClient

from hansa.domain.catalog.services.upsert_products import upsert_products
from hansa.domain.catalog.types import ImageDraft, ProductDraft, VariantDraft
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@contextmanager
def entered(tenant: TenantContext) -> Iterator[TenantContext]:
    """Work for `tenant`, in one transaction that commits."""
    with tenant_scope(tenant), transaction():
        yield tenant


def draft(name: str, **fields: Any) -> ProductDraft:
    """Return a published product with one variant at 19.99 and five pieces, unless told otherwise."""
    price = fields.pop("price", 1999)
    stock = fields.pop("stock", 5)
    compare_at = fields.pop("compare_at", None)
    variant = VariantDraft(
        option_values=(),
        price_amount=price,
        compare_at_amount=compare_at,
        is_stock_tracked=True,
        stock_quantity=stock,
        sells_when_out_of_stock=False,
    )
    defaults: dict[str, Any] = {
        "source_key": name.lower().replace(" ", "-"),
        "is_published": True,
        "variants": (variant,),
        "images": (ImageDraft(url=f"https://pictures.example/{name}.jpg".replace(" ", "-"), alt=name),),
    }
    return ProductDraft(name=name, **(defaults | fields))


def stock_shop(tenant: TenantContext, *drafts: ProductDraft, now: datetime = NOON) -> None:
    """Put products on sale in the tenant's shop."""
    with entered(tenant):
        result = upsert_products(drafts, now=now)
        assert not result.refused, result.refused


def address(tenant: TenantContext) -> str:
    """Return the address of the tenant's shop."""
    return f"http://{tenant.slug}.localhost"


def behind_the_gate(app: Any) -> Any:
    """Return an application that serves `app` behind the gate, and starts and stops like the real one."""
    from hansa.config.asgi import application
    from hansa.interfaces.gate import Gate

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        await (application if scope["type"] == "lifespan" else Gate(app))(scope, receive, send)

    return serve


@contextmanager
def browser(tenant: TenantContext | None = None, host: str = "") -> Iterator[TestClient]:
    """Return a client of the whole application, on the tenant's host."""
    from hansa.config.asgi import application

    base = address(tenant) if tenant else f"http://{host}"
    with TestClient(application, base_url=base, raise_server_exceptions=False) as client:
        yield client
