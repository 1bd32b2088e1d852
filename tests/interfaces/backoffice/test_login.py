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
