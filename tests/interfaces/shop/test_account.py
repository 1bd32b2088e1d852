"""The pages of an account, for a visitor without JavaScript."""

import base64
import hashlib
import hmac
import json
import re
import struct
import time
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from hansa.kernel.tenancy import TenantContext
from tests.interfaces.conftest import Meet
from tests.interfaces.shop.shopper import Shopper
from tests.people import PASSWORD, last_code
from tests.worlds import browser, draft, entered, stock_shop
from tests.worlds_buying import open_shop

EMAIL = "ada@example.com"
ADDRESS = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "line1": "Harbour Street 1",
    "postal_code": "20457",
    "city": "Hamburg",
    "country": "DE",
}


@pytest.fixture
def market(shop: TenantContext) -> TenantContext:
    """Stock our shop."""
    open_shop(shop)
    stock_shop(shop, draft("Mug", price=1000, stock=50), draft("Bowl", price=2500, stock=50))
    return shop


@pytest.fixture
def shopper(client: TestClient, market: TenantContext) -> Shopper:  # noqa: ARG001  (the shop is stocked)
    """Return a visitor without JavaScript."""
    return Shopper(client)


def sign_up(shopper: Shopper, shop: TenantContext, email: str = EMAIL) -> None:
    shopper.open("/account/signup/")
    shopper.send("/account/signup/", email=email, password1=PASSWORD)
    assert shopper.page.one("h1")["text"] == "Enter Email Verification Code"
    assert re.search(r"<title>\s*Email Verification\s+· ", shopper.page.source)
    shopper.send(shopper.url, code=last_code(shop, email))
    assert shopper.url == "/account/", shopper.page.source


def log_in(shopper: Shopper, password: str = PASSWORD) -> None:
    shopper.open("/account/login/")
    shopper.send("/account/login/", login=EMAIL, password=password)


def letters(tenant: TenantContext) -> set[str]:
    """Return which letters were written to us about the account."""
    from hansa.domain.notifications.models import Kind, Notification

    with entered(tenant):
        written = Notification.objects.filter(kind=Kind.ACCOUNT, recipient=EMAIL)
        return {str((one.content or {}).get("name")) for one in written}


def totp(secret: str) -> str:
    """Return the code of this half minute (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    place = digest[-1] & 15
    return str((struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000).zfill(6)


def test_a_visitor_makes_an_account_buys_and_sees_the_order(shopper: Shopper, market: TenantContext) -> None:
    shopper.add("mug")
    sign_up(shopper, market)
    assert "1" in shopper.count
    shopper.open("/account/addresses/new/")
    shopper.send("/account/addresses/new/", **cast("Any", ADDRESS))
    assert "Harbour Street 1" in shopper.page.source
    shopper.open("/checkout")
    assert shopper.form("/checkout")["email"] == EMAIL
    assert shopper.form("/checkout")["shipping_city"] == "Hamburg"
    shopper.send("/checkout", button=("action", "pay"), payment="manual:ok")
    order = shopper.url
    assert order.startswith("/orders/")
    shopper.client.cookies.delete("order", path=order)
    assert shopper.open(order).one("h1")["text"] == "Thank you for your order"
    shopper.open("/account/orders/")
    assert [a["href"] for a in shopper.page.all("a") if a["text"].startswith("Order")] == ["/account/orders/", order]


def test_logging_out_leaves_nothing_behind(shopper: Shopper, market: TenantContext) -> None:
    sign_up(shopper, market)
    shopper.add("mug")
    shopper.open("/account/")
    shopper.send("/account/logout/")
    assert shopper.count == ""
    assert shopper.open("/account/").one("h1")["text"] == "Log in"
    log_in(shopper)
    assert "1" in shopper.count


def test_a_session_that_was_ended_elsewhere_leaves_no_cart_behind(shopper: Shopper, market: TenantContext) -> None:
    from hansa.domain.accounts.models import Session

    sign_up(shopper, market)
    shopper.add("mug")
    shopper.open("/checkout")
    shopper.send("/checkout", **cast("Any", ADDRESS))
    with entered(market):
        Session.objects.all().delete()
    assert "Mug" not in shopper.open("/cart").one("main")["text"]
    shopper.open("/checkout")
    assert (shopper.url, "Harbour Street" in shopper.page.source) == ("/cart", False)
    shopper.add("bowl")
    assert {"Bowl"} == {h["text"] for h in shopper.page.all("h2")} & {"Mug", "Bowl"}
    log_in(shopper)
    assert {"Mug", "Bowl"} <= {h["text"] for h in shopper.open("/cart").all("h2")}


def test_the_carts_of_before_and_of_now_become_one(shopper: Shopper, market: TenantContext) -> None:
    sign_up(shopper, market)
    shopper.add("mug")
    with browser(market) as elsewhere:
        phone = Shopper(elsewhere)
        phone.add("bowl", 2)
        log_in(phone)
        assert "3" in phone.count
        assert {"Mug", "Bowl"} <= {h["text"] for h in phone.open("/cart").all("h2")}


def test_errors_stand_at_their_fields(shopper: Shopper, market: TenantContext) -> None:
    shopper.open("/account/signup/")
    shopper.send("/account/signup/", email="nobody", password1="short")
    wrong = {field["name"] for field in shopper.page.all("input") if field.get("aria-invalid") == "true"}
    assert wrong == {"email", "password1"}
    log_in(shopper, "wrong")
    assert "not correct" in shopper.page.source
    sign_up(shopper, market)
    shopper.open("/account/addresses/new/")
    shopper.send("/account/addresses/new/", **cast("Any", ADDRESS | {"postal_code": "1", "city": ""}))
    assert shopper.status == 422
    assert {p["id"] for p in shopper.page.all("p", class_="error")} == {"error_postal_code", "error_city"}
    shopper.open("/account/")
    shopper.send("/account/", name="x" * 250)
    assert shopper.status == 422


def test_a_known_and_an_unknown_address_see_the_same_pages(shopper: Shopper, market: TenantContext) -> None:
    sign_up(shopper, market)
    for path, form, field in (
        ("/account/signup/", {"password1": PASSWORD}, "email"),
        ("/account/login/", {"password": "wrong"}, "login"),
        ("/account/password/reset/", {}, "email"),
        ("/account/login/code/", {}, "email"),
    ):
        pages = []
        for email in (EMAIL, "eve@example.com"):
            with browser(market) as client:
                stranger = Shopper(client)
                stranger.open(path)
                stranger.send(path, **cast("Any", form), **cast("Any", {field: email}))
                text = re.sub(r'nonce="[^"]+"|value="[A-Za-z0-9]{64}"', "", stranger.page.source)
                pages.append((stranger.status, stranger.url, text.replace(email, "…")))
        assert pages[0] == pages[1], path


def test_a_code_logs_in_and_a_forgotten_password_is_replaced(shopper: Shopper, market: TenantContext) -> None:
    sign_up(shopper, market)
    with browser(market) as client:
        other = Shopper(client)
        other.open("/account/login/code/")
        other.send("/account/login/code/", email=EMAIL)
        other.send(other.url, code=last_code(market, EMAIL))
        assert other.url == "/account/"
    with browser(market) as client:
        other = Shopper(client)
        other.open("/account/password/reset/")
        other.send("/account/password/reset/", email=EMAIL)
        other.send(other.url, code=last_code(market, EMAIL))
        other.send(other.url, password1="another-Lantern-50", password2="another-Lantern-50")
        assert other.url == "/account/"
    assert shopper.open("/account/").one("h1")["text"] == "Log in"


def test_an_authenticator_app_is_asked_for_from_then_on(shopper: Shopper, market: TenantContext) -> None:
    from allauth.mfa.models import Authenticator

    sign_up(shopper, market)
    shopper.open("/account/two-factor/")
    shopper.open("/account/two-factor/totp/activate/")
    if shopper.url == "/account/reauthenticate/":
        shopper.send("/account/reauthenticate/", password=PASSWORD)
    assert shopper.page.one("img", class_="qr")["src"].startswith("data:image/svg+xml")
    secret = shopper.page.one("input", id="authenticator_secret")["value"]
    shopper.send("/account/two-factor/totp/activate/", code=totp(secret))
    assert shopper.status == 200
    assert letters(market) >= {"totp_activated"}
    shopper.open("/account/two-factor/recovery-codes/generate/")
    shopper.send("/account/two-factor/recovery-codes/generate/")
    assert shopper.status == 200
    assert letters(market) >= {"recovery_codes_generated"}
    shopper.open("/account/two-factor/recovery-codes/")
    codes = shopper.page.one("textarea")["text"].split()
    assert len(codes) == 10
    with entered(market):
        kept = [json.dumps(factor.data) for factor in Authenticator.objects.all()]
    assert not any(secret in text or codes[0] in text for text in kept)
    with browser(market) as client:
        other = Shopper(client)
        log_in(other)
        assert other.url == "/account/two-factor/authenticate/"
        other.open("/account/orders/")
        assert other.url == "/account/two-factor/authenticate/"
        other.send("/account/two-factor/authenticate/", code="000000")
        assert other.url == "/account/two-factor/authenticate/"
        other.send("/account/two-factor/authenticate/", code=codes[0])
        assert other.url == "/account/"


def test_sessions_are_shown_and_ended_one_by_one(shopper: Shopper, market: TenantContext) -> None:
    sign_up(shopper, market)
    with browser(market) as client:
        other = Shopper(client)
        log_in(other)
        shopper.open("/account/sessions/")
        buttons = shopper.page.all("button", name="session")
        assert len(buttons) == 1
        shopper.send("/account/sessions/", button=("session", buttons[0]["value"]))
        assert shopper.page.all("button", name="session") == []
        assert other.open("/account/").one("h1")["text"] == "Log in"
    assert shopper.open("/account/").one("h1")["text"] == "Your account"


def test_wishes_are_kept(shopper: Shopper, market: TenantContext) -> None:
    sign_up(shopper, market)
    shopper.open("/p/mug/")
    action = next(form["action"] for form in shopper.page.all("form") if "/wishlist/" in form.get("action", ""))
    shopper.send(action)
    assert "on your wishlist" in shopper.notices
    assert shopper.open("/account/wishlist/").link("Mug") == "/p/mug/"
    shopper.send(action, button=("remove", "1"))
    assert "Nothing yet" in shopper.page.source


def test_a_person_takes_everything_along_and_leaves(shopper: Shopper, market: TenantContext) -> None:
    sign_up(shopper, market)
    page = shopper.open("/account/data/")
    token = page.all("input", name="csrfmiddlewaretoken")[0]["value"]
    answer = shopper.client.post("/account/data/export/", data={"csrfmiddlewaretoken": token})
    assert answer.json()["profile"]["email"] == EMAIL
    shopper.send("/account/data/erase/", password="wrong")  # noqa: S106
    assert shopper.status == 422
    shopper.send("/account/data/erase/", password=PASSWORD)
    assert shopper.url == "/"
    assert "deleted" in shopper.notices
    log_in(shopper)
    assert "not correct" in shopper.page.source


def test_another_customers_pages_are_not_there(shopper: Shopper, market: TenantContext, meet: Meet) -> None:
    from tests.people import ADDRESS as BERLIN

    bob = meet(market, "bob@example.com").sign_up()
    theirs = bob.call("POST", "/me/addresses", BERLIN).json()["id"]
    sign_up(shopper, market)
    for path in (f"/account/addresses/{theirs}/", "/account/addresses/01a2020f-4308-703f-ad7b-e730be7c4271/"):
        shopper.open(path)
        assert shopper.status == 404


EVERY_PAGE: list[Any] = [
    "/account/",
    "/account/orders/",
    "/account/addresses/",
    "/account/addresses/new/",
    "/account/wishlist/",
    "/account/data/",
    "/account/email/",
    "/account/password/change/",
    "/account/two-factor/",
    "/account/sessions/",
    "/account/connections/",
]


def test_every_page_asks_a_stranger_to_log_in_and_stands_for_its_owner(shopper: Shopper, market: TenantContext) -> None:
    for path in EVERY_PAGE:
        shopper.open(path)
        assert shopper.url == "/account/login/", path
    sign_up(shopper, market)
    for path in EVERY_PAGE:
        shopper.open(path)
        if shopper.url == "/account/reauthenticate/":
            shopper.send("/account/reauthenticate/", password=PASSWORD)
        assert (shopper.status, shopper.url) == (200, path)
