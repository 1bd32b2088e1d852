"""An account in a browser: made, used, left and entered again, on a desk and on a phone."""

import os
import re
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.buying.test_buying import NAMELESS, SMALL, _add
from tests.browser.conftest import Visit
from tests.browser.test_shop import FAINT_WORDS

pytestmark = pytest.mark.services

Begin = Callable[..., Visit]

PASSWORD = "plum-Lantern-49-orbit"  # noqa: S105  (a test's)
WAIT_SECONDS = 20


def _check(begun: Visit) -> None:
    """Assert what must hold on every page; that the browser notes our 4xx answers is no complaint."""
    begun.complaints = [text for text in begun.complaints if "responded with a status of 4" not in text]
    begun.check_page()
    for script in (FAINT_WORDS, NAMELESS, SMALL):
        assert begun.page.evaluate(script) == [], begun.page.url
    _picture(begun.page)


def _picture(page: Page) -> None:
    """Keep a picture of the page where HANSA_SCREENSHOTS says, for people to look at."""
    folder = os.environ.get("HANSA_SCREENSHOTS")
    if folder:
        width = page.viewport_size["width"] if page.viewport_size else 0
        name = re.sub(r"[^a-z]+", "-", page.url.partition("localhost")[2].lower()).strip("-")
        page.screenshot(path=f"{folder}/{width}-{name}.png", full_page=True)


def _code_for(email: str, seen: set[Path]) -> str:
    """Wait for the worker to send the next letter to the address, and return the code in it."""
    folder = Path(os.environ["HANSA_HOME"]) / "mail"
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        for file in sorted(folder.glob("*.log"), key=lambda one: one.stat().st_mtime, reverse=True):
            text = file.read_bytes()
            if file in seen or not text.rstrip().endswith(b"-" * 20):
                continue
            letter = message_from_bytes(text, policy=policy.default)
            if letter["to"] == email:
                seen.add(file)
                body = letter.get_body(("plain",))
                found = re.search(r"^ {4}(\S+)$", str(body.get_content()) if body else "", re.MULTILINE)
                if found:
                    return found[1]
        time.sleep(0.1)
    pytest.fail(f"no code came to {email}")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_a_shopper_makes_an_account_buys_leaves_and_comes_back(visit: Begin, device: str, *, scripts: bool) -> None:
    email, seen = f"ada.{device}.{scripts}@example.com".lower(), set[Path]()
    begun = visit(device, scripts=scripts)
    page = begun.open("/p/heron-vase/")
    page.get_by_role("link", name="Account").click()
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Email").fill("nobody")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Make the account").click()
    expect(page.locator(".error")).to_have_count(2)
    if scripts:
        _check(begun)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter Email Verification Code")
    if scripts:
        _check(begun)
    page.get_by_label("Code").fill(_code_for(email, seen))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    page.get_by_label("Name").fill("Ada Lovelace")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ada Lovelace")
    _keep_address(page)
    _buy(begun, email, scripts=scripts)
    order = page.locator(".order-number").inner_text().split(" · ")[0]
    begun.open("/account/orders/").get_by_role("link", name=order).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    if scripts:
        for path in ("", "orders/", "addresses/", "wishlist/", "two-factor/", "sessions/", "data/", "email/"):
            begun.open(f"/account/{path}")
            if "/reauthenticate/" in page.url:
                page.get_by_label("Password").fill(PASSWORD)
                page.get_by_role("button", name="Confirm").click()
            _check(begun)
    begun.open("/account/").get_by_role("button", name="Log out").click()
    begun.open("/account/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    if scripts:
        _check(begun)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ada Lovelace")


def _keep_address(page: Page) -> None:
    page.get_by_role("link", name="Addresses").click()
    page.get_by_role("link", name="Add an address").click()
    for label, value in (
        ("First name", "Ada"),
        ("Last name", "Lovelace"),
        ("Street and number", "Harbour Street 1"),
        ("Postal code", "2045"),
        ("Town or city", "Hamburg"),
    ):
        page.get_by_label(label).fill(value)
    page.get_by_label("Country").select_option("Germany")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#error_postal_code")).to_contain_text("Write it like")
    page.get_by_label("Postal code").fill("20457")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Addresses")


def _buy(begun: Visit, email: str, *, scripts: bool) -> None:
    page = begun.open("/p/heron-vase/")
    page.get_by_role("button", name="Put it on the wishlist").click()
    expect(page.locator(".notice-good")).to_contain_text("on your wishlist")
    _add(page, scripts=scripts)
    begun.open("/checkout")
    expect(page.get_by_label("E-mail")).to_have_value(email)
    expect(page.get_by_label("Town or city").locator("visible=true")).to_have_value("Hamburg")
    page.get_by_role("button", name=re.compile("Pay €")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")


def test_a_passkey_opens_the_account(visit: Begin) -> None:
    email, seen = "grace.passkey@example.com", set[Path]()
    begun = visit("desktop")
    page = begun.page
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    begun.open("/account/signup/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.get_by_label("Code").fill(_code_for(email, seen))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    begun.open("/account/two-factor/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page).to_have_url(re.compile("/account/two-factor/"))
    _check(begun)
    begun.open("/account/").get_by_role("button", name="Log out").click()
    begun.open("/account/login/").get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
