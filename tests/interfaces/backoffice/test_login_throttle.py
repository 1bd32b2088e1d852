"""A password cannot be guessed, and nobody can lock somebody else out."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import override_settings
from starlette.testclient import TestClient

from hansa.domain.accounts.login_attempts import TooManyLogins, attempt_succeeded, begin_attempt, make_device
from hansa.kernel import limits
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.interfaces.backoffice.conftest import PASSWORD, make_staff, submit
from tests.worlds import address

ADA = "ada@example.com"


@pytest.fixture(autouse=True)
def _counted() -> Iterator[None]:
    limits.get_counters.cache_clear()
    with override_settings(RATES={"login": "1000/minute"}):
        yield
    limits.get_counters.cache_clear()


@pytest.fixture
def come_from(shop: TenantContext) -> Iterator[Callable[[str], TestClient]]:
    """Return a function that opens a browser at a network address."""
    from contextlib import ExitStack

    from hansa.config.asgi import application

    def app_at(host: str) -> Any:
        async def serve(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                scope["client"] = (host, 1)
            await application(scope, receive, send)

        return serve

    make_staff(shop)
    with ExitStack() as browsers:
        yield lambda host: browsers.enter_context(TestClient(app_at(host), address(shop), follow_redirects=False))


def _try(client: TestClient, password: str, email: str = ADA) -> Any:
    return submit(client, "/admin/login/", {"username": email, "password": password})


def test_a_stranger_who_guesses_is_stopped_and_the_owner_is_not(come_from: Callable[[str], TestClient]) -> None:
    owner = come_from("10.0.0.1")
    assert _try(owner, PASSWORD).status_code == 302
    stranger = come_from("10.0.0.2")
    answers = [_try(stranger, f"guess {n}") for n in range(12)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 2
    assert "Too many tries" in answers[-1].text
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 901
    assert _try(stranger, PASSWORD).status_code == 429, "not even the right one is looked at"
    again = come_from("10.0.0.1")
    assert _try(again, PASSWORD).status_code == 302, "from another address"
    moved = come_from("10.0.0.2")
    moved.cookies.set("device", owner.cookies["device"])
    assert _try(moved, PASSWORD).status_code == 302, "a known browser, even behind the stranger's address"


def test_an_address_that_nobody_knows_is_stopped_alike(come_from: Callable[[str], TestClient]) -> None:
    stranger = come_from("10.0.0.3")
    answers = [_try(stranger, "guess", "nobody@example.com") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]


def test_success_clears_what_typing_errors_have_used_up(come_from: Callable[[str], TestClient]) -> None:
    clumsy = come_from("10.0.0.4")
    for _ in range(3):
        assert [_try(clumsy, "oops").status_code for _ in range(9)] == [200] * 9
        assert _try(clumsy, PASSWORD).status_code == 302
        clumsy.cookies.clear()


def test_many_addresses_together_are_stopped_but_no_known_browser(shop: TenantContext) -> None:
    with tenant_scope(shop):
        device = make_device(ADA)
        taken = 0
        with pytest.raises(TooManyLogins):
            for n in range(400):
                begin_attempt(email=ADA, address=f"10.1.{n // 250}.{n % 250}", device="")
                taken += 1
        assert taken == 300
        attempt_succeeded(begin_attempt(email=ADA, address="10.1.0.1", device=device))
        begin_attempt(email="bo@example.com", address="10.1.0.1", device="")


def test_a_device_is_known_to_one_account_of_one_shop_and_cannot_be_made(
    shop: TenantContext, rival: TenantContext
) -> None:
    with tenant_scope(rival):
        foreign = make_device(ADA)
    with tenant_scope(shop):
        others = make_device("bo@example.com")
        forged = f"{make_device(ADA).partition('.')[0]}.{'0' * 32}"
        for number, device in enumerate((foreign, others, forged, "x", "")):
            where = f"10.3.0.{number}"
            for _ in range(10):
                begin_attempt(email=ADA, address=where, device=device)
            with pytest.raises(TooManyLogins):
                begin_attempt(email=ADA.upper(), address=where, device=device)
            with pytest.raises(TooManyLogins):
                begin_attempt(email=ADA, address=where, device="")


def test_a_known_device_that_is_stolen_guesses_no_further(shop: TenantContext) -> None:
    with tenant_scope(shop):
        device = make_device(ADA)
        for n in range(10):
            begin_attempt(email=ADA, address=f"10.4.0.{n}", device=device)
        with pytest.raises(TooManyLogins):
            begin_attempt(email=ADA, address="10.4.0.99", device=device)
