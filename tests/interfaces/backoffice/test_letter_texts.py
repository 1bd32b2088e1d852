"""The merchant writes what letters say, and sees them meanwhile."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.interfaces.backoffice.conftest import PASSWORD, filled, submit
from tests.worlds import entered

AT = "/admin/notifications/lettertext/"
WORDS = {
    "kind": "refund",
    "language": "en",
    "subject": "Money for {number}",
    "heading": "Hello",
    "intro": "Here is {amount}.",
    "button": "Look",
    "closing": "",
}


def texts_of(tenant: TenantContext) -> list[Any]:
    from hansa.domain.notifications.models import LetterText

    with entered(tenant):
        return list(LetterText.objects.all())


def test_a_new_text_begins_with_ours_and_is_saved_in_the_shop_only(
    shop: TenantContext, rival: TenantContext, staff: TestClient
) -> None:
    begun = filled(staff.get(f"{AT}add/?kind=refund&language=de").text)
    assert begun["subject"] == "Ihre Erstattung zur Bestellung {number}"
    assert submit(staff, f"{AT}add/", WORDS).status_code == 302
    (text,) = texts_of(shop)
    assert (text.kind, text.language, text.subject) == ("refund", "en", "Money for {number}")
    assert texts_of(rival) == []
    answer = submit(staff, f"{AT}{text.pk}/change/", WORDS | {"subject": "Your {amount}"})
    assert answer.status_code == 302
    assert [one.subject for one in texts_of(shop)] == ["Your {amount}"]
    assert submit(staff, f"{AT}{text.pk}/delete/", {"post": "yes"}).status_code == 302
    assert texts_of(shop) == []


@pytest.mark.parametrize("part", ["subject", "heading", "intro", "button", "closing"])
def test_a_broken_text_is_not_saved_and_says_beside_it_why(shop: TenantContext, staff: TestClient, part: str) -> None:
    answer = submit(staff, f"{AT}add/", WORDS | {part: "{nothing}"})
    assert answer.status_code == 200
    assert "{nothing} stands for nothing in this letter. Use {shop}, {number}, {name}, {amount}." in answer.text
    assert texts_of(shop) == []


def test_a_second_text_for_the_same_letter_is_refused(shop: TenantContext, staff: TestClient) -> None:
    assert submit(staff, f"{AT}add/", WORDS).status_code == 302
    answer = submit(staff, f"{AT}add/", WORDS)
    assert answer.status_code == 200
    assert len(texts_of(shop)) == 1


def test_the_preview_shows_the_letter_and_lets_nothing_else_in(staff: TestClient) -> None:
    answer = submit(staff, f"{AT}add/", WORDS)
    token = staff.cookies["csrftoken"]
    shown = staff.post(f"{AT}preview/", data=WORDS | {"csrfmiddlewaretoken": token})
    assert shown.status_code == 200
    assert "Money for 1042" in shown.text
    assert "Here is €20.00." in shown.text
    assert "script-src" not in shown.headers["content-security-policy"]
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert shown.headers["x-frame-options"] == "SAMEORIGIN"
    broken = staff.post(f"{AT}preview/", data=WORDS | {"csrfmiddlewaretoken": token, "intro": "<b>{x}"})
    assert (broken.status_code, "stands for nothing" in broken.text, "<b>" in broken.text) == (422, True, False)
    assert staff.get(f"{AT}preview/").status_code == 405
    assert answer.status_code == 302


def test_a_test_goes_to_whoever_asks_for_it(shop: TenantContext, staff: TestClient, outbox: list[Any]) -> None:
    from hansa.domain.work.services.perform import work_off
    from hansa.kernel import clock

    answer = submit(staff, f"{AT}add/", WORDS | {"_send_test": "1"})
    assert answer.status_code == 302
    assert answer.headers["location"].endswith("/change/")
    with tenant_scope(shop):
        work_off(now=clock.now())
    assert [(email.to, email.subject) for email in outbox] == [(["ada@example.com"], "Money for 1042")]


def language_of(tenant: TenantContext) -> str:
    from hansa.domain.tenants.selectors import get_language

    with entered(tenant):
        return get_language()


def test_the_merchant_changes_the_shops_language_and_the_log_tells_who(
    shop: TenantContext, rival: TenantContext, staff: TestClient
) -> None:
    from hansa.domain.audit.models import AuditEntry

    assert filled(staff.get(AT).text)["language"] == "en"
    page = staff.get(AT)
    (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    answer = staff.post(f"{AT}language/", data={"csrfmiddlewaretoken": token, "language": "de"})
    assert "The shop writes its letters in Deutsch." in answer.text
    assert filled(answer.text)["language"] == "de"
    assert (language_of(shop), language_of(rival)) == ("de", "en")
    answer = staff.post(f"{AT}language/", data={"csrfmiddlewaretoken": token, "language": "fr"})
    assert "Letters are written in en or de" in answer.text
    assert language_of(shop) == "de"
    with entered(shop):
        (entry,) = AuditEntry.objects.filter(action="tenant.language_changed")
    assert (entry.actor_kind, entry.actor_label, entry.after) == ("staff", "ada@example.com", {"language": "de"})
    assert staff.get(f"{AT}language/").status_code == 405


def test_who_may_only_look_changes_no_language(
    shop: TenantContext, visit: Callable[[TenantContext], TestClient]
) -> None:
    from hansa.domain.staff.services.create_staff import create_staff

    with tenant_scope(shop):
        create_staff(email="viewer@example.com", password=PASSWORD, role="read-only")
    viewer = visit(shop)
    assert submit(viewer, "/admin/login/", {"username": "viewer@example.com", "password": PASSWORD}).status_code == 302
    page = viewer.get(AT)
    assert "disabled" in page.text.split('id="id_shop_language"')[1].split(">")[0]
    (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    answer = viewer.post(f"{AT}language/", data={"csrfmiddlewaretoken": token, "language": "de"})
    assert answer.status_code == 403
    assert language_of(shop) == "en"


def test_a_preview_is_about_an_order_that_the_person_may_see(
    shop: TenantContext, rival: TenantContext, staff: TestClient
) -> None:
    from tests.worlds_orders import buy, open_for_business

    orders = {}
    for tenant in (shop, rival):
        open_for_business(tenant)
        with tenant_scope(tenant):
            orders[tenant.slug] = buy(mugs=3, email=f"{tenant.slug}@example.com")
    page = staff.get(f"{AT}add/?kind=order_confirmation").text
    (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    offered = re.findall(r'<option value="([0-9a-f-]{36})">order', page)
    assert offered == [str(orders[shop.slug])]
    assert '<option value="">the sample' not in staff.get(f"{AT}add/?kind=import_done").text

    def preview(kind: str, order: object) -> str:
        form = WORDS | {"csrfmiddlewaretoken": token, "kind": kind, "intro": "About {number}.", "order": str(order)}
        answer = staff.post(f"{AT}preview/", data=form)
        assert answer.status_code == 200
        return answer.text

    ours = preview("order_confirmation", orders[shop.slug])
    assert "3 × Mug" in ours
    assert "About 1001." in ours
    assert "token=" not in ours
    for order in (orders[rival.slug], "no id", ""):
        assert "About 1042." in preview("order_confirmation", order)
    form = WORDS | {"csrfmiddlewaretoken": token, "order": str(orders[shop.slug])}
    assert "Here is €34.90." in staff.post(f"{AT}preview/", data=form).text
    assert "00340434161094" in preview("order_shipped", orders[shop.slug])


def test_who_may_not_see_orders_gets_the_sample(
    shop: TenantContext, visit: Callable[[TenantContext], TestClient]
) -> None:
    from hansa.domain.staff.services.create_staff import create_staff
    from hansa.domain.staff.services.save_role import save_role
    from hansa.domain.staff.types import SYSTEM
    from tests.worlds_orders import buy, open_for_business

    open_for_business(shop)
    with tenant_scope(shop):
        order = buy()
        role = save_role(role_id=None, name="Writer", capabilities=["settings.edit"], by=SYSTEM)
        create_staff(email="writer@example.com", password=PASSWORD, role=role.code)
    writer = visit(shop)
    assert submit(writer, "/admin/login/", {"username": "writer@example.com", "password": PASSWORD}).status_code == 302
    page = writer.get(f"{AT}add/?kind=refund").text
    assert str(order) not in page
    (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    shown = writer.post(f"{AT}preview/", data=WORDS | {"csrfmiddlewaretoken": token, "order": str(order)})
    assert "Money for 1042" in shown.text
