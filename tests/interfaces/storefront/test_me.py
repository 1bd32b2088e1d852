"""The customer's own data, and nobody else's."""

from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from hansa.kernel.tenancy import TenantContext
from tests.interfaces.conftest import Meet
from tests.people import ADDRESS, PASSWORD, Person
from tests.worlds import draft, entered, stock_shop
from tests.worlds_buying import open_shop


@pytest.fixture
def market(shop: TenantContext) -> TenantContext:
    """Stock our shop."""
    open_shop(shop)
    stock_shop(shop, draft("Mug", price=1000, stock=50))
    return shop


@pytest.fixture
def bob(meet: Meet, shop: TenantContext) -> Person:
    """Somebody else with an account at our shop."""
    return meet(shop, "bob@example.com").sign_up()


def ids(tenant: TenantContext) -> tuple[str, str]:
    from hansa.domain.catalog.models import Variant

    with entered(tenant):
        variant = Variant.objects.get()
        return str(variant.product_id), str(variant.pk)


def buy(person: Person, tenant: TenantContext, email: str = "ada@example.com", **headers: str) -> dict[str, Any]:
    _, variant = ids(tenant)
    lines = [{"variant_id": variant, "quantity": 1}]
    body = {"lines": lines, "email": email, "shipping_address": ADDRESS}
    cart = person.call("POST", "/carts", body, **headers).json()
    auth = {"Authorization": f"Cart {cart['token']}"}
    method = person.call("GET", f"/carts/{cart['id']}/shipping-methods", **auth).json()["items"][0]["id"]
    person.call("PATCH", f"/carts/{cart['id']}", {"shipping_method_id": method}, **auth)
    payment = {"payment": {"provider": "manual", "method": "ok"}}
    key = {"Idempotency-Key": str(uuid4())}
    answer = person.call("POST", f"/carts/{cart['id']}/checkout", payment, **auth, **key)
    assert answer.status_code == 201, answer.text
    order: dict[str, Any] = answer.json()
    return order


SOME_ID = "01a2020f-4308-703f-ad7b-e730be7c4271"
EVERY_CALL = [
    ("GET", "/me", None),
    ("PATCH", "/me", {"name": "Ada"}),
    ("DELETE", "/me", {"password": PASSWORD}),
    ("GET", "/me/addresses", None),
    ("POST", "/me/addresses", ADDRESS),
    ("GET", f"/me/addresses/{SOME_ID}", None),
    ("PATCH", f"/me/addresses/{SOME_ID}", {"city": "Bonn"}),
    ("DELETE", f"/me/addresses/{SOME_ID}", None),
    ("GET", "/me/orders", None),
    ("GET", "/me/wishlist", None),
    ("POST", "/me/wishlist", {"product_id": SOME_ID}),
    ("DELETE", f"/me/wishlist/{SOME_ID}", None),
    ("POST", "/me/cart", None),
    ("POST", "/me/export", None),
]


@pytest.mark.parametrize(("method", "path", "body"), EVERY_CALL)
def test_nobody_is_asked_to_log_in(meet: Meet, shop: TenantContext, method: str, path: str, body: Any) -> None:
    nobody = meet(shop)
    for token in ("", "forged", "x" * 32, "../../etc"):
        nobody.token = token
        answer = nobody.call(method, path, body)
        assert answer.status_code == 401, answer.text
        assert answer.json()["code"] == "unauthenticated"
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_profile_can_be_read_and_changed(ada: Person) -> None:
    me = ada.call("GET", "/me").json()
    assert (me["email"], me["name"], me["group"]) == ("ada@example.com", "", None)
    changed = ada.call("PATCH", "/me", {"name": " Ada  Byron ", "phone": "+49 30 1"}).json()
    assert (changed["name"], changed["phone"]) == ("Ada Byron", "+49 30 1")
    assert ada.call("GET", "/me").json() == changed
    for body in ({"email": "eve@example.com"}, {"group": "wholesale"}, {"is_tax_exempt": True}, {"name": "x" * 201}):
        assert ada.call("PATCH", "/me", body).status_code == 422
    assert ada.call("GET", "/me").json() == changed


def test_a_browser_proves_that_a_page_of_ours_asks(ada: Person) -> None:
    browser = ada.client
    browser.cookies.set(settings.SESSION_COOKIE_NAME, ada.token)
    assert browser.get("/api/v1/me").status_code == 200
    host = str(browser.base_url).rstrip("/")
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"X-CSRFToken": "x" * 32}):
        answer = browser.patch("/api/v1/me", json={"name": "Eve"}, headers=headers)
        code = "cross_site_request" if "Origin" in headers else "csrf_failed"  # the gate is asked first
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert browser.get("/api/v1/me").json()["name"] == ""
    assert browser.patch("/api/v1/me", json={"name": "Ada"}, headers={"Origin": host}).status_code == 200
    browser.get("/_allauth/browser/v1/config")
    token = {"X-CSRFToken": browser.cookies[settings.CSRF_COOKIE_NAME]}
    assert browser.patch("/api/v1/me", json={"name": "Ada B."}, headers=token).status_code == 200


def test_an_ended_session_is_refused_at_once(ada: Person) -> None:
    first = ada.token
    ada.log_in()
    sessions = ada.ask("GET", "/auth/sessions").json()["data"]
    other = next(session["id"] for session in sessions if not session["is_current"])
    assert ada.ask("DELETE", "/auth/sessions", {"sessions": [other]}).status_code == 200
    second, ada.token = ada.token, first
    assert ada.call("GET", "/me").status_code == 401
    ada.token = second
    assert ada.call("GET", "/me").status_code == 200


def test_a_new_password_ends_the_other_sessions(ada: Person) -> None:
    first = ada.token
    ada.log_in()
    new = {"current_password": PASSWORD, "new_password": "another-Lantern-50"}
    ada.confirm_again()
    assert ada.ask("POST", "/account/password/change", new).status_code == 200
    assert ada.call("GET", "/me").status_code == 200
    ada.token = first
    assert ada.call("GET", "/me").status_code == 401


def test_an_expired_session_is_refused(ada: Person, shop: TenantContext) -> None:
    from hansa.domain.accounts.models import Session
    from tests.worlds import NOON

    with entered(shop):
        Session.objects.filter(session_key=ada.token).update(expire_date=NOON.replace(year=2020))
    assert ada.call("GET", "/me").status_code == 401


def test_the_address_book_has_one_default(ada: Person) -> None:
    first = ada.call("POST", "/me/addresses", ADDRESS).json()
    second = ada.call("POST", "/me/addresses", ADDRESS | {"line1": "2 High Street"}).json()
    assert (first["is_default"], second["is_default"]) == (True, False)
    assert ada.call("PATCH", f"/me/addresses/{second['id']}", {"is_default": True}).json()["line1"] == "2 High Street"
    listed = ada.call("GET", "/me/addresses").json()["items"]
    assert [(one["line1"], one["is_default"]) for one in listed] == [("2 High Street", True), ("1 High Street", False)]
    assert ada.call("DELETE", f"/me/addresses/{second['id']}").status_code == 204
    (left,) = ada.call("GET", "/me/addresses").json()["items"]
    assert left["is_default"] is True
    assert ada.call("GET", f"/me/addresses/{second['id']}").status_code == 404


def test_another_customers_address_is_as_a_random_id(
    ada: Person, bob: Person, meet: Meet, rival: TenantContext
) -> None:
    theirs = bob.call("POST", "/me/addresses", ADDRESS).json()["id"]
    next_door = meet(rival).sign_up().call("POST", "/me/addresses", ADDRESS).json()["id"]
    for method, body in (("GET", None), ("PATCH", {"city": "Bonn"}), ("DELETE", None)):
        answers = []
        for identifier in (theirs, next_door, str(uuid4())):
            answer = ada.call(method, f"/me/addresses/{identifier}", body)
            answers.append((answer.status_code, answer.text.replace(identifier, "…")))
        assert answers[0][0] == 404
        assert len(set(answers)) == 1
    assert bob.call("GET", f"/me/addresses/{theirs}").json()["city"] == "Berlin"


def test_a_wrong_address_says_what_is_wrong(ada: Person) -> None:
    answer = ada.call("POST", "/me/addresses", ADDRESS | {"postal_code": "123", "last_name": ""})
    assert answer.status_code == 422
    assert {(e["field"], e["code"]) for e in answer.json()["errors"]} == {
        ("last_name", "required"),
        ("postal_code", "invalid_postal_code"),
    }


def test_orders_are_theirs_once_the_address_is_proved(meet: Meet, market: TenantContext) -> None:
    guest = meet(market)
    placed = buy(guest, market, email="Ada@Example.com")
    ada = meet(market)
    ada.ask("POST", "/auth/signup", {"email": ada.email, "password": PASSWORD})
    assert ada.call("GET", "/me/orders").status_code == 401
    ada = meet(market, "ada.two@example.com").sign_up()
    assert ada.call("GET", "/me/orders").json()["items"] == []
    from tests.people import last_code

    owner = meet(market)
    owner.ask("POST", "/auth/code/request", {"email": "ada@example.com"})
    assert owner.ask("POST", "/auth/code/confirm", {"code": last_code(market, "ada@example.com")}).status_code == 200
    (mine,) = owner.call("GET", "/me/orders").json()["items"]
    assert (mine["id"], mine["number"]) == (placed["id"], placed["number"])
    assert owner.call("GET", f"/orders/{placed['id']}").json()["id"] == placed["id"]
    stranger = ada.call("GET", f"/orders/{placed['id']}")
    nothing = ada.call("GET", f"/orders/{uuid4()}")
    assert stranger.status_code == nothing.status_code == 404
    assert stranger.json()["detail"] == nothing.json()["detail"]


def test_orders_come_in_pages(ada: Person, market: TenantContext) -> None:
    numbers = [buy(ada, market)["number"] for _ in range(3)]
    page = ada.call("GET", "/me/orders?limit=2").json()
    assert [one["number"] for one in page["items"]] == [numbers[2], numbers[1]]
    rest = ada.call("GET", f"/me/orders?limit=2&cursor={page['next_cursor']}").json()
    assert ([one["number"] for one in rest["items"]], rest["next_cursor"]) == ([numbers[0]], None)
    for query in ("limit=0", "limit=101", "limit=x", "status=paid"):
        assert ada.call("GET", f"/me/orders?{query}").status_code == 422
    assert ada.call("GET", "/me/orders?cursor=nonsense").status_code == 200


def test_the_wishlist_holds_products_that_are_for_sale(
    ada: Person, bob: Person, market: TenantContext, rival: TenantContext
) -> None:
    stock_shop(rival, draft("Mug"))
    mug, _ = ids(market)
    for _ in range(2):
        assert ada.call("POST", "/me/wishlist", {"product_id": mug}).status_code == 204
    (item,) = ada.call("GET", "/me/wishlist").json()["items"]
    assert (item["id"], item["name"]) == (mug, "Mug")
    assert bob.call("GET", "/me/wishlist").json()["items"] == []
    answers = [ada.call("POST", "/me/wishlist", {"product_id": one}) for one in (ids(rival)[0], str(uuid4()))]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()
    assert ada.call("DELETE", f"/me/wishlist/{mug}").status_code == 204
    assert ada.call("GET", "/me/wishlist").json()["items"] == []


def test_prices_follow_whoever_is_logged_in(ada: Person, market: TenantContext, meet: Meet) -> None:
    from hansa.domain.accounts.models import Customer, CustomerGroup
    from tests.worlds_buying import promote

    with entered(market):
        club = CustomerGroup.objects.create(name="Club", code="club")
        Customer.objects.update(group=club)
    promote(market, "For members", customer_group=club)
    assert ada.call("GET", "/me").json()["group"] == {"code": "club", "name": "Club"}
    _, variant = ids(market)
    guest = meet(market)
    cart = guest.call("POST", "/carts", {"lines": [{"variant_id": variant, "quantity": 1}]}).json()
    assert cart["totals"]["discount"]["amount"] == 0
    taken = ada.call("POST", "/me/cart", {"id": cart["id"], "token": cart["token"]}).json()
    assert taken["totals"]["discount"]["amount"] == 100
    assert ada.call("POST", "/me/cart").json()["id"] == taken["id"]
    wrong = ada.call("POST", "/me/cart", {"id": cart["id"], "token": "0" * 32})
    nothing = ada.call("POST", "/me/cart", {"id": str(uuid4()), "token": "0" * 32})
    assert (wrong.status_code, wrong.json()) == (404, nothing.json())


def test_a_members_prices_end_with_the_session(ada: Person, bob: Person, market: TenantContext, meet: Meet) -> None:
    from hansa.domain.accounts.models import Customer, CustomerGroup
    from hansa.domain.orders.models import Order
    from tests.worlds_buying import promote

    with entered(market):
        club = CustomerGroup.objects.create(name="Club", code="club")
        Customer.objects.filter(email=ada.email).update(group=club)
    promote(market, "For members", customer_group=club)
    _, variant = ids(market)
    guest = meet(market)
    lines = {"lines": [{"variant_id": variant, "quantity": 1}], "email": ada.email, "shipping_address": ADDRESS}
    cart = guest.call("POST", "/carts", lines).json()
    taken = ada.call("POST", "/me/cart", {"id": cart["id"], "token": cart["token"]}).json()
    assert (taken["id"], taken["totals"]["discount"]["amount"]) == (cart["id"], 100)
    auth = {"Authorization": f"Cart {taken['token']}"}
    place, line = f"/carts/{taken['id']}", f"/carts/{taken['id']}/lines/{taken['lines'][0]['id']}"
    method = ada.call("GET", f"{place}/shipping-methods", **auth).json()["items"][0]["id"]
    assert ada.call("PATCH", place, {"shipping_method_id": method}, **auth).status_code == 200
    payment, key = {"payment": {"provider": "manual", "method": "ok"}}, {"Idempotency-Key": str(uuid4())}
    everything: list[tuple[str, str, Any, dict[str, str]]] = [
        ("GET", place, None, {}),
        ("GET", f"{place}/shipping-methods", None, {}),
        ("PATCH", place, {"email": "eve@example.com"}, {}),
        ("POST", f"{place}/lines", {"variant_id": variant, "quantity": 1}, {}),
        ("PATCH", line, {"quantity": 2}, {}),
        ("DELETE", line, None, {}),
        ("POST", f"{place}/checkout", payment, key),
    ]
    past = ada.token
    assert ada.ask("DELETE", "/auth/session").status_code == 401
    for somebody, token in ((guest, ""), (bob, bob.token), (ada, past)):
        somebody.token = token
        for way, path, body, headers in everything:
            answer = somebody.call(way, path, body, **auth, **headers)
            assert (answer.status_code, answer.json()["code"]) == (404, "cart_not_found"), (way, path)
    with entered(market):
        assert not Order.objects.exists()
    assert ada.log_in().status_code == 200
    assert ada.call("GET", place, **auth).json()["totals"]["discount"]["amount"] == 100
    assert ada.call("POST", f"{place}/checkout", payment, **auth, **key).status_code == 201


def test_another_customers_cart_cannot_be_taken(ada: Person, bob: Person, market: TenantContext) -> None:
    _, variant = ids(market)
    theirs = bob.call("POST", "/carts", {"lines": [{"variant_id": variant, "quantity": 1}]}).json()
    mine = ada.call("POST", "/me/cart", {"id": theirs["id"], "token": theirs["token"]}).json()
    assert mine["id"] != theirs["id"]
    assert mine["lines"] == []


def test_a_person_takes_their_data_along(ada: Person, market: TenantContext) -> None:
    order = buy(ada, market)
    ada.call("PATCH", "/me", {"name": "Ada Byron"})
    ada.call("POST", "/me/addresses", ADDRESS)
    ada.call("POST", "/me/wishlist", {"product_id": ids(market)[0]})
    answer = ada.call("POST", "/me/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    known = answer.json()
    assert known["profile"]["name"] == "Ada Byron"
    assert known["addresses"][0]["city"] == "Berlin"
    assert [one["id"] for one in known["orders"]] == [order["id"]]
    assert known["orders"][0]["shipping_address"]["line1"] == "1 High Street"
    assert [one["name"] for one in known["wishlist"]] == ["Mug"]
    assert len(known["logins"]["sessions"]) == 1
    assert ada.token not in answer.text


def test_a_person_has_themselves_forgotten(ada: Person, market: TenantContext) -> None:
    from hansa.domain.accounts.models import Customer, Session, User
    from hansa.domain.carts.models import Cart
    from hansa.domain.notifications.models import Notification
    from hansa.domain.orders.models import Order

    order = buy(ada, market)
    with entered(market):
        Order.objects.update(status="fulfilled")
    ada.call("POST", "/me/addresses", ADDRESS)
    refused = ada.call("DELETE", "/me")
    assert (refused.status_code, refused.json()["code"]) == (403, "reauthentication_required")
    assert ada.call("DELETE", "/me", {"password": "wrong"}).status_code == 403
    assert ada.call("GET", "/me").status_code == 200
    assert ada.call("DELETE", "/me", {"password": PASSWORD}).status_code == 204
    assert ada.call("GET", "/me").status_code == 401
    assert ada.log_in().status_code == 400
    with entered(market):
        assert not User.objects.exists()
        assert not Session.objects.exclude(user=None).exists()
        assert not Notification.objects.exists()
        kept = Order.objects.get()
        assert (str(kept.pk), kept.total) == (order["id"], order["totals"]["total"]["amount"])
        assert "ada" not in (kept.email + kept.email_key).lower()
        assert (kept.shipping_address or {})["country"] == "DE"
        assert "High Street" not in str(kept.shipping_address)
        cart = Cart.objects.get()
        assert (cart.email, cart.shipping_address) == ("", None)
        customer = Customer.objects.get()
        assert (customer.user_id, customer.name) == (None, "")
        assert kept.customer_id == customer.pk


def test_an_order_that_is_still_to_be_sent_keeps_its_address_until_then(ada: Person, market: TenantContext) -> None:
    from hansa.domain.events.services.record import record
    from hansa.domain.orders.models import Order
    from hansa.domain.work.services.perform import work_off
    from hansa.kernel import clock
    from hansa.kernel.tenancy import tenant_scope

    buy(ada, market)
    ada.confirm_again()
    assert ada.call("DELETE", "/me").status_code == 204
    with entered(market):
        order = Order.objects.get()
        assert (order.shipping_address or {})["line1"] == "1 High Street"
        Order.objects.update(status="fulfilled")
        record("order.fulfilled", aggregate_id=order.pk, payload={}, now=clock.now())
    with tenant_scope(market):
        work_off(now=clock.now())
    with entered(market):
        assert (Order.objects.get().shipping_address or {})["line1"] == ""


def test_whoever_works_for_the_shop_is_not_deleted(ada: Person, shop: TenantContext) -> None:
    from hansa.domain.accounts.models import User

    with entered(shop):
        User.objects.update(is_staff=True)
    answer = ada.call("DELETE", "/me", {"password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (409, "staff_account")
    assert ada.call("GET", "/me").status_code == 200
