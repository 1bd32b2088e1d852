"""Integrations with API keys in front of the management API."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from hansa.kernel.tenancy import TenantContext, tenant_scope

PASSWORD = "correct horse battery"  # noqa: S105  (a test's)


@dataclass(frozen=True)
class Integration:
    """Somebody with a key."""

    client: TestClient
    secret: str
    user_id: Any

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request with the key; underscores in names of headers are hyphens."""
        sent = {"Authorization": f"Bearer {self.secret}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return self.client.request(method, f"/manage/v1/{path}", json=body, headers=sent)

    def get(self, path: str) -> Any:
        return self.ask("GET", path)


@pytest.fixture
def visit() -> Iterator[Callable[[TenantContext], TestClient]]:
    """Return a function that opens a connection to a shop; nobody is logged in."""
    from tests.worlds import browser

    with ExitStack() as browsers:
        yield lambda tenant: browsers.enter_context(browser(tenant))


@pytest.fixture
def integrate(visit: Callable[[TenantContext], TestClient]) -> Callable[..., Integration]:
    """Return a function that makes a key with these scopes for somebody with this role."""
    from hansa.domain.staff.selectors import get_authority
    from hansa.domain.staff.services.api_keys import make_api_key
    from hansa.domain.staff.services.create_staff import create_staff
    from hansa.domain.staff.types import ALL_CAPABILITIES
    from hansa.kernel.clock import now

    def one(tenant: TenantContext, *scopes: str, role: str = "owner", email: str = "ada@example.com") -> Integration:
        with tenant_scope(tenant):
            user = create_staff(email=email, password=PASSWORD, role=role)
            by = get_authority(user.pk)
            made = make_api_key(name="ERP", scopes=scopes or ALL_CAPABILITIES & by.capabilities, by=by, now=now())
        return Integration(visit(tenant), made.secret, user.pk)

    return one


@pytest.fixture
def erp(shop: TenantContext, integrate: Callable[..., Integration]) -> Integration:
    """Return an integration of our shop that may do everything."""
    return integrate(shop)
