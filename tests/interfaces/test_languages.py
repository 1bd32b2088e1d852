"""People are written to in the language that they ask for."""

from dataclasses import replace
from typing import Any

import pytest

from hansa.domain.accounts.models import Customer
from hansa.domain.carts.models import Cart
from hansa.domain.carts.services.create import create_cart
from hansa.domain.carts.services.merge import merge_carts
from hansa.domain.events.services.record import record
from hansa.domain.notifications.services.save_text import save_text
from hansa.domain.notifications.texts import BUILT_IN
from hansa.domain.orders.models import Order
from hansa.domain.work.services.perform import work_off
from hansa.kernel import clock
from hansa.kernel.languages import Language
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.interfaces.conftest import Meet
from tests.interfaces.shop.shopper import Shopper
from tests.interfaces.storefront.test_me import buy
from tests.people import PASSWORD
from tests.worlds import browser, draft, entered, stock_shop
from tests.worlds_buying import open_shop

AUSTRIAN = {"Accept-Language": "fr-FR, de-AT;q=0.9, en;q=0.5"}
FRENCH = {"Accept-Language": "fr-FR, fr;q=0.9"}


@pytest.fixture
def market(shop: TenantContext) -> TenantContext:
    """Stock our shop, which writes English."""
    open_shop(shop)
    stock_shop(shop, draft("Mug", price=1000, stock=50))
    return shop


def worked_off(tenant: TenantContext) -> None:
    with tenant_scope(tenant):
        work_off(now=clock.now())


def test_a_buyer_is_written_to_in_the_language_of_their_cart_whatever_happens_to_the_order(
    market: TenantContext, meet: Meet, outbox: list[Any]
) -> None:
    order = buy(meet(market), market, **AUSTRIAN)
    worked_off(market)
    with entered(market):
        told = {"carrier": "DHL", "tracking": "0034"}
        record("order.fulfilled", aggregate_id=order["id"], payload=told, now=clock.now())
        refunded = {"order_id": order["id"], "amount": 1250}
        record("order.refunded", aggregate_id=order["id"], payload=refunded, now=clock.now())
    worked_off(market)
    confirmed, shipped, refund = outbox
    assert confirmed.subject.startswith("Ihre Bestellung ")
    assert '<html lang="de">' in confirmed.alternatives[0].content
    assert "Sendungsnummer: 0034 (DHL)" in shipped.body
    assert "Wir haben 12,50\xa0€" in refund.body


def test_the_merchants_own_words_are_those_of_the_buyers_language(
    market: TenantContext, meet: Meet, outbox: list[Any]
) -> None:
    with tenant_scope(market):
        for language, subject in ((Language.GERMAN, "Moin {number}"), (Language.ENGLISH, "Hi {number}")):
            texts = replace(BUILT_IN["order_confirmation", language], subject=subject)
            save_text(kind="order_confirmation", language=language, texts=texts)
    buy(meet(market), market, **AUSTRIAN)
    buy(meet(market), market, **FRENCH)
    worked_off(market)
    assert [email.subject.split()[0] for email in outbox] == ["Moin", "Hi"]


def test_where_nothing_fits_it_is_the_shops_language_and_it_is_not_written_down(
    market: TenantContext, meet: Meet
) -> None:
    buy(meet(market), market, **FRENCH)
    buy(meet(market), market)
    with entered(market):
        assert set(Order.objects.values_list("language", flat=True)) == {""}


def test_the_reference_shop_keeps_the_browsers_language(market: TenantContext) -> None:
    with browser(market) as client:
        client.headers["accept-language"] = "de-DE,de;q=0.9"
        visitor = Shopper(client)
        stock_shop(market, draft("Bowl", price=1500))
        visitor.add("bowl")
        visitor.open("/checkout")
        client.headers["accept-language"] = "en"
        visitor.pay()
    with entered(market):
        assert Cart.objects.get().language == "de"
        assert [order.language for order in Order.objects.all()] == ["de"]


def test_a_customer_keeps_the_language_of_the_sign_up(market: TenantContext, meet: Meet, outbox: list[Any]) -> None:
    ada, bob = meet(market), meet(market, "bob@example.com")
    ada.client.headers.update(AUSTRIAN)
    ada.sign_up()
    bob.sign_up()
    with entered(market):
        assert dict(Customer.objects.values_list("email", "language")) == {"ada@example.com": "de", bob.email: ""}
    ada.client.headers["accept-language"] = "en"
    ada.log_in()
    ada.confirm_again()
    changed = ada.ask(
        "POST", "/account/password/change", {"current_password": PASSWORD, "new_password": "a-new-Lamp-51"}
    )
    assert changed.status_code == 200
    worked_off(market)
    subjects = {one: [email.subject for email in outbox if email.to == [one]] for one in ("ada@example.com", bob.email)}
    assert subjects["ada@example.com"][0] == f"Ihr Code für {market.name}"
    assert "Ihr Passwort wurde geändert" in subjects["ada@example.com"]
    assert not [one for one in subjects["ada@example.com"] if one.startswith("Your")]
    assert subjects[bob.email][0] == f"Your code for {market.name}"
    profile = ada.call("POST", "/me/export").json()["profile"]
    assert profile["language"] == "de"


def test_a_customers_cart_is_in_their_language_unless_the_browser_asks_for_another(
    market: TenantContext, meet: Meet
) -> None:
    ada = meet(market)
    ada.client.headers.update(AUSTRIAN)
    ada.sign_up()
    del ada.client.headers["accept-language"]
    assert buy(ada, market)["id"]
    assert buy(ada, market, **{"Accept-Language": "en-GB"})["id"]
    assert ada.call("POST", "/me/cart", None).status_code == 200
    with entered(market):
        assert list(Cart.objects.order_by("pk").values_list("language", flat=True)) == ["de", "en", "de"]


def test_the_customers_language_counts_where_the_order_has_none(
    market: TenantContext, meet: Meet, outbox: list[Any]
) -> None:
    ada = meet(market).sign_up()
    order = buy(ada, market, **FRENCH)
    with entered(market):
        assert Customer.objects.update(language="de") == 1
        assert Order.objects.get(pk=order["id"]).language == ""
    worked_off(market)
    assert outbox[-1].subject.startswith("Ihre Bestellung ")


def test_whoever_has_no_account_is_told_so_in_the_language_they_asked_in(
    market: TenantContext, meet: Meet, outbox: list[Any]
) -> None:
    nobody = meet(market, "nobody@example.com")
    nobody.client.headers.update(AUSTRIAN)
    nobody.ask("POST", "/auth/code/request", {"email": nobody.email})
    worked_off(market)
    (email,) = outbox
    assert email.subject == f"Sie haben kein Konto bei {market.name}"
    assert "/account/signup/" in email.body
    assert "Registrieren" in email.alternatives[0].content


def test_the_guests_language_is_the_customers_carts_after_they_are_merged(market: TenantContext, meet: Meet) -> None:
    meet(market).sign_up()
    with entered(market):
        customer_id = Customer.objects.get().pk
    with tenant_scope(market):
        create_cart(now=clock.now(), customer_id=customer_id, language="en")
        guest = create_cart(now=clock.now(), language="de")
        merged = merge_carts(guest_cart_id=guest.state.id, customer_id=customer_id, now=clock.now())
        with transaction():
            assert Cart.objects.get(pk=merged.state.id).language == "de"
        assert merged.state.id != guest.state.id
