"""People who work in a shop."""

from collections.abc import Callable, Iterator

import pytest

from hansa.kernel.tenancy import TenantContext, tenant_scope


@pytest.fixture(autouse=True)
def in_our_shop(shop: TenantContext) -> Iterator[TenantContext]:
    """Work for our shop."""
    with tenant_scope(shop):
        yield shop


@pytest.fixture
def hire() -> Callable[..., object]:
    """Return a function that makes a staff member with a preset role and returns their id."""
    from hansa.domain.staff.services.create_staff import create_staff

    def one(name: str, role: str = "owner") -> object:
        user = create_staff(email=f"{name}@example.com", password="correct horse battery", role=role)  # noqa: S106
        return user.pk

    return one
