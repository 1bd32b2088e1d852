"""A shop with a few things in it, and a visitor.

Django is imported late: pytest may read this file before it is set up.
"""

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from hansa.kernel.tenancy import TenantContext
from tests.interfaces.shop.pages import Page, check_page


@pytest.fixture
def client(shop: TenantContext) -> Iterator[TestClient]:
    """Return a visitor of our shop."""
    from tests.worlds import browser

    with browser(shop) as visitor:
        yield visitor


@pytest.fixture
def open_page(client: TestClient) -> Callable[..., Page]:
    """Return a function that opens an address of our shop and checks what must hold for every page."""

    def open_it(address: str, *, status: int = 200) -> Page:
        answer = client.get(address)
        assert answer.status_code == status, answer.text[:2000]
        page = Page(answer.text)
        check_page(page, answer.headers["content-security-policy"])
        return page

    return open_it


@pytest.fixture
def kitchen(shop: TenantContext) -> TenantContext:
    """Return our shop, stocked."""
    from tests.interfaces.shop.goods import stock_kitchen

    stock_kitchen(shop)
    return shop
