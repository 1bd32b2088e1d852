"""Who comes into the back office, and who does not."""

from collections.abc import Callable

from starlette.testclient import TestClient

from hansa.kernel.tenancy import TenantContext
from tests.interfaces.backoffice.conftest import PASSWORD, make_staff, submit

type Visit = Callable[[TenantContext], TestClient]


def test_staff_log_in_and_see_their_shop(staff: TestClient, shop: TenantContext) -> None:
    page = staff.get("/admin/")
    assert page.status_code == 200
    assert shop.name in page.text


def test_who_asked_for_the_login_page_itself_comes_into_the_back_office(visit: Visit, shop: TenantContext) -> None:
    make_staff(shop)
    client = visit(shop)
    answer = submit(client, "/admin/login/", {"username": "ada@example.com", "password": PASSWORD})
    assert answer.headers["location"] == "/admin/"


def test_staff_who_look_for_an_account_of_the_shop_come_to_the_back_office(staff: TestClient) -> None:
    answer = staff.get("/account/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, "/admin/")


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(visit: Visit, shop: TenantContext) -> None:
    make_staff(shop)
    browser = visit(shop)
    answers = {
        submit(browser, "/admin/login/", {"username": name, "password": "wrong"}).status_code
        for name in ("ada@example.com", "nobody@example.com")
    }
    assert answers == {200}
    assert browser.get("/admin/", follow_redirects=False).status_code == 302


def test_nobody_is_sent_to_the_login_page(visit: Visit, shop: TenantContext) -> None:
    for path in ("/admin/", "/admin/catalog/product/", "/admin/catalog/product/add/", "/admin/imports/importrun/"):
        answer = visit(shop).get(path, follow_redirects=False)
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("/admin/login/")


def test_staff_of_a_rival_cannot_log_in_here(visit: Visit, shop: TenantContext, rival: TenantContext) -> None:
    make_staff(rival)
    browser = visit(shop)
    answer = submit(browser, "/admin/login/", {"username": "ada@example.com", "password": PASSWORD})
    assert answer.status_code == 200
    assert browser.get("/admin/", follow_redirects=False).status_code == 302


def test_the_session_of_a_rivals_staff_is_nobody_here(
    log_in: Visit, visit: Visit, shop: TenantContext, rival: TenantContext
) -> None:
    make_staff(shop)
    session = log_in(rival).cookies["sessionid"]
    here = visit(shop)
    here.cookies.set("sessionid", session)
    assert here.get("/admin/", follow_redirects=False).status_code == 302


def test_customers_are_no_staff(visit: Visit, shop: TenantContext) -> None:
    from hansa.domain.accounts.models import User
    from tests.worlds import entered

    with entered(shop):
        customer = User(email="bo@example.com")
        customer.set_password(PASSWORD)
        customer.save()
    answer = submit(visit(shop), "/admin/login/", {"username": "bo@example.com", "password": PASSWORD})
    assert answer.status_code == 200


def test_logging_out_ends_the_session(staff: TestClient) -> None:
    token = staff.cookies["csrftoken"]
    answer = staff.post("/admin/logout/", data={"csrfmiddlewaretoken": token})
    assert answer.status_code == 200
    assert staff.get("/admin/", follow_redirects=False).status_code == 302


def test_staff_change_their_password_and_stay_logged_in(staff: TestClient, visit: Visit, shop: TenantContext) -> None:
    new = "an even longer horse"
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert submit(staff, "/admin/password_change/", fields).status_code == 302
    assert staff.get("/admin/password_change/done/").status_code == 200
    again = submit(visit(shop), "/admin/login/", {"username": "ada@example.com", "password": new})
    assert again.status_code == 302


def test_only_the_back_office_may_evaluate_scripts(staff: TestClient) -> None:
    for path in ("/admin/", "/admin/catalog/product/", "/admin/catalog/product/add/"):
        assert "'unsafe-eval'" in staff.get(path).headers["content-security-policy"]
    for path in ("/", "/no-such-page"):
        assert "unsafe" not in staff.get(path).headers["content-security-policy"]


def test_who_has_a_second_factor_shows_it_before_the_back_office_opens(visit: Visit, shop: TenantContext) -> None:
    from allauth.account.models import EmailAddress
    from allauth.mfa.totp.internal.auth import (
        TOTP,
        format_hotp_value,
        generate_totp_secret,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    from hansa.domain.accounts.models import User
    from tests.worlds import entered

    make_staff(shop)
    with entered(shop):
        ada = User.objects.get(email="ada@example.com")
        EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
        secret = generate_totp_secret()
        TOTP.activate(ada, secret)
    browser = visit(shop)
    form = {"username": "ada@example.com", "password": PASSWORD}
    answer = submit(browser, "/admin/login/?next=/admin/orders/order/", form)
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith("/account/two-factor/authenticate/")
    assert browser.get("/admin/", follow_redirects=False).status_code == 302, "the password alone opens nothing"
    page = answer.headers["location"]
    assert submit(browser, page, {"code": "000000"}).status_code == 200
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    answer = submit(browser, page, {"code": code})
    assert (answer.status_code, answer.headers["location"]) == (302, "/admin/orders/order/")
    assert browser.get("/admin/").status_code == 200


def test_a_login_leads_to_no_other_site(visit: Visit, shop: TenantContext) -> None:
    make_staff(shop)
    form = {"username": "ada@example.com", "password": PASSWORD}
    answer = submit(visit(shop), "/admin/login/?next=https://evil.example/", form)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/")
