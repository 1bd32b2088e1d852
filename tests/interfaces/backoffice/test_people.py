"""Staff, roles, invitations, API keys and the platform's access, as the merchant sees them."""

import re
from collections.abc import Callable
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from hansa.domain.staff.types import CAPABILITIES
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.interfaces.backoffice.conftest import PASSWORD, messages_of, submit


def role_id(shop: TenantContext, code: str) -> UUID:
    from hansa.domain.staff.models import Role

    with tenant_scope(shop), transaction():
        return Role.objects.get(code=code).pk


def person(shop: TenantContext, email: str) -> Any:
    from hansa.domain.accounts.models import User

    with tenant_scope(shop), transaction():
        return User.objects.get(email=email)


def operate(client: TestClient, page: str, operation: str, fields: dict[str, Any]) -> Any:
    (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(page).text)
    at = page.removesuffix("change/") + f"do/{operation}/"
    return client.post(at, data={"csrfmiddlewaretoken": token} | fields, follow_redirects=True)


@pytest.fixture
def clerk(shop: TenantContext, staff: TestClient) -> str:  # noqa: ARG001  (an owner has to be there)
    """Hire a clerk and return the address of their page."""
    from hansa.domain.staff.services.create_staff import create_staff

    with tenant_scope(shop):
        user = create_staff(email="cleo@example.com", password=PASSWORD, role="clerk", name="Cleo")
    return f"/admin/accounts/user/{user.pk}/change/"


def test_a_merchant_makes_a_role_and_gives_it(staff: TestClient, shop: TenantContext, clerk: str) -> None:
    page = staff.get("/admin/staff/role/add/").text
    for code, told in CAPABILITIES.items():
        assert told in page, code
    answer = submit(staff, "/admin/staff/role/add/", {"name": "Packing", "capabilities": ["stock.edit"]})
    assert answer.status_code == 302, messages_of(answer.text)
    roles = [str(role_id(shop, "packing"))]
    page = operate(staff, clerk, "roles", {"roles": roles}).text
    assert "Cleo has these roles now" in messages_of(page)
    assert person(shop, "cleo@example.com").has_perm("orders.view_order") is False


def test_a_merchant_suspends_somebody_and_takes_them_back(staff: TestClient, clerk: str, shop: TenantContext) -> None:
    assert "Cleo is suspended" in messages_of(operate(staff, clerk, "suspend", {}).text)
    assert not person(shop, "cleo@example.com").is_active
    assert "can work here again" in messages_of(operate(staff, clerk, "restore", {}).text)
    assert person(shop, "cleo@example.com").is_active


def test_the_last_owner_cannot_be_suspended_in_the_back_office(staff: TestClient, shop: TenantContext) -> None:
    me = f"/admin/accounts/user/{person(shop, 'ada@example.com').pk}/change/"
    assert "You cannot suspend yourself" in messages_of(operate(staff, me, "suspend", {}).text)
    clerks = {"roles": [str(role_id(shop, "clerk"))]}
    assert "the shop's last owner" in messages_of(operate(staff, me, "roles", clerks).text).replace("&#x27;", "'")


def test_lists_say_what_they_list(staff: TestClient) -> None:
    for path, title in (("accounts/user", "Staff"), ("audit/auditentry", "Audit log"), ("staff/role", "Roles")):
        heads = re.findall(r"<title>\s*(\S.*?) \|", staff.get(f"/admin/{path}/").text)
        assert heads == [title], path


def test_times_are_written_as_on_our_own_pages(staff: TestClient) -> None:
    assert re.search(r"\b\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d\b", staff.get("/admin/audit/auditentry/").text)


def test_customers_are_not_staff(staff: TestClient, shop: TenantContext) -> None:
    from hansa.domain.accounts.models import User

    with tenant_scope(shop), transaction():
        customer = User.objects.create(email="buyer@example.com")
    assert "buyer@example.com" not in staff.get("/admin/accounts/user/").text
    assert staff.get(f"/admin/accounts/user/{customer.pk}/change/").status_code == 404


def test_an_invitation_is_mailed_and_lets_somebody_in_once(
    staff: TestClient, shop: TenantContext, visit: Callable[[TenantContext], TestClient], outbox: list[Any]
) -> None:
    from hansa.domain.work.services.perform import work_off
    from hansa.kernel.clock import now

    fields = {"email": "New@Example.com", "roles": [str(role_id(shop, "clerk"))]}
    answer = submit(staff, "/admin/staff/invitation/add/", fields)
    assert answer.status_code == 302, messages_of(answer.text)
    with tenant_scope(shop):
        work_off(now=now())
    (letter,) = [one for one in outbox if one.to == ["new@example.com"]]
    (path,) = re.findall(r"https?://[^/\s]+(/admin/invitation/\S+)", str(letter.body))
    newcomer = visit(shop)
    page = newcomer.get(path)
    assert page.status_code == 200
    assert "new@example.com" in page.text
    assert page.headers["referrer-policy"] == "strict-origin"
    assert submit(newcomer, path, {"name": "New", "password": "short"}).status_code == 422
    assert submit(newcomer, path, {"name": "New", "password": PASSWORD}).status_code == 302
    assert newcomer.get("/admin/inventory/stockitem/").status_code == 200
    assert newcomer.get("/admin/staff/role/").status_code == 403
    again = visit(shop).get(path)
    assert again.status_code == 422
    assert "Ask for a new one" in messages_of(again.text)


def test_a_link_of_another_shop_opens_nothing(
    staff: TestClient, shop: TenantContext, rival: TenantContext, visit: Callable[[TenantContext], TestClient]
) -> None:
    from hansa.domain.staff.models import Invitation
    from hansa.kernel.tokens import make_token

    submit(staff, "/admin/staff/invitation/add/", {"email": "n@example.com", "roles": [str(role_id(shop, "clerk"))]})
    with tenant_scope(shop), transaction():
        invitation = Invitation.objects.get()
        path = f"/admin/invitation/{invitation.pk}/{make_token('invitation', invitation.pk)}/"
    assert visit(shop).get(path).status_code == 200
    assert visit(rival).get(path).status_code == 422
    assert visit(shop).get(path[:-3] + "ff/").status_code == 422


def test_a_key_is_shown_once_and_works_until_it_is_revoked(staff: TestClient, shop: TenantContext) -> None:
    from hansa.domain.staff.errors import KeyRefused
    from hansa.domain.staff.models import ApiKey
    from hansa.domain.staff.selectors import get_key_authority
    from hansa.kernel.clock import now

    answer = submit(staff, "/admin/staff/apikey/add/", {"name": "ERP", "scopes": ["orders.view"]})
    assert answer.status_code == 200, messages_of(answer.text)
    assert "no-store" in answer.headers["cache-control"]
    (secret,) = re.findall(r"hansa_sk_[\w-]{64}", answer.text)
    with tenant_scope(shop):
        row, authority = get_key_authority(secret, now=now())
        assert authority.capabilities == {"orders.view"}
    page = f"/admin/staff/apikey/{row.pk}/change/"
    assert secret not in staff.get(page).text
    assert row.prefix in staff.get(page).text

    rotated = operate(staff, page, "rotate", {"overlap": "0"})
    (successor,) = re.findall(r"hansa_sk_[\w-]{64}", rotated.text)
    with tenant_scope(shop):
        with pytest.raises(KeyRefused):
            get_key_authority(secret, now=now())
        get_key_authority(successor, now=now())
        with transaction():
            newest = ApiKey.objects.get(prefix=successor[:21])
    revoked = operate(staff, f"/admin/staff/apikey/{newest.pk}/change/", "revoke", {})
    assert "is revoked" in messages_of(revoked.text)
    with tenant_scope(shop), pytest.raises(KeyRefused):
        get_key_authority(successor, now=now())


def test_the_platform_looks_in_with_a_grant_and_the_shop_sees_it(
    staff: TestClient, shop: TenantContext, visit: Callable[[TenantContext], TestClient]
) -> None:
    from django.core.management import call_command

    printed = StringIO()
    call_command("grant_support", "ops@platform.example", tenant=shop.slug, reason="Ticket 12", stdout=printed)
    (path,) = re.findall(r"https?://[^/\s]+(/admin/support/\S+)", printed.getvalue())
    support = visit(shop)
    assert support.get(path).status_code == 200
    assert support.get("/admin/", follow_redirects=False).status_code == 302, "looking at the link opens nothing"
    assert submit(support, path, {}).status_code == 302
    assert support.get("/admin/orders/order/").status_code == 200
    assert support.get("/admin/staff/role/add/").status_code == 403
    listed = staff.get("/admin/staff/supportgrant/").text
    assert "Ticket 12" in listed
    (page,) = set(re.findall(r"/admin/staff/supportgrant/[0-9a-f-]+/change/", listed))
    assert "The access is ended" in messages_of(operate(staff, page, "end", {}).text)
    assert support.get("/admin/orders/order/", follow_redirects=False).status_code == 302
    assert submit(visit(shop), path, {}).status_code == 422, "the link works once"
