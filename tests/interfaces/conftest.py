"""People in front of a shop. Django is imported late: pytest may read this file before it is set up."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from hansa.kernel.tenancy import TenantContext
from tests.people import Person

type Meet = Callable[..., Person]


@pytest.fixture
def meet() -> Iterator[Meet]:
    """Return a function that brings somebody to a shop, with an app of their own."""
    from tests.worlds import browser

    with ExitStack() as clients:
        yield lambda tenant, email="ada@example.com": Person(clients.enter_context(browser(tenant)), tenant, email)


@pytest.fixture
def ada(meet: Meet, shop: TenantContext) -> Person:
    """Return Ada, who has an account at our shop and is logged in."""
    return meet(shop).sign_up()
