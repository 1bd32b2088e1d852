"""Who gets into the management API, and how far."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from hansa.domain.staff.types import CAPABILITIES, SYSTEM
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.interfaces.management.conftest import PASSWORD, Integration

LISTS = ("staff", "roles", "invitations", "api-keys", "customers", "audit-log", "products", "orders")
type Integrate = Callable[..., Integration]


def problem(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    return answer.status_code, body["code"]


def test_every_action_of_every_resource_names_a_capability() -> None:
    from hansa.interfaces.management.urls import router

    seen = 0
    registered: Any = router.registry
    for prefix, view, _ in registered:
        actions = set()
        for route in router.get_routes(view):
            actions |= set(router.get_method_map(view, route.mapping).values())
        assert actions == set(view.capabilities), prefix
        assert set(view.capabilities.values()) <= set(CAPABILITIES), prefix
        seen += len(actions)
    assert seen > 20


def test_a_resource_that_names_none_lets_nobody_in(erp: Integration, monkeypatch: pytest.MonkeyPatch) -> None:
    from hansa.interfaces.management.views.orders import OrderResource

    monkeypatch.setattr(OrderResource, "capabilities", {})
    assert problem(erp.get("orders")) == (403, "not_allowed")


@pytest.mark.parametrize("path", LISTS)
def test_nobody_gets_in_without_a_key(
    shop: TenantContext, visit: Callable[[TenantContext], TestClient], path: str
) -> None:
    client = visit(shop)
    answer = client.get(f"/manage/v1/{path}")
    assert problem(answer) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    for wrong in ("Bearer", "Bearer x", "Bearer hansa_sk_" + "a" * 64, "Basic eDp4", "Bearer \xff", "bearer a b"):
        answer = client.get(f"/manage/v1/{path}", headers={b"Authorization": wrong.encode("latin-1")})
        assert answer.status_code == 401, wrong


@pytest.mark.parametrize("path", LISTS)
def test_each_list_needs_its_capability(shop: TenantContext, integrate: Integrate, path: str) -> None:
    everything = integrate(shop)
    assert everything.get(path).status_code == 200
    needed = {
        "audit-log": "audit",
        "api-keys": "api_keys",
        "products": "catalog",
        "roles": "staff",
        "invitations": "staff",
    }
    scope = f"{needed.get(path, path)}.view"
    assert integrate(shop, scope).get(path).status_code == 200
    without = integrate(shop, *(one for one in CAPABILITIES if one != scope))
    answer = without.get(path)
    assert problem(answer) == (403, "not_allowed")
    assert scope in answer.json()["detail"]


def test_a_revoked_rotated_or_foreign_key_is_refused_at_once(
    shop: TenantContext, rival: TenantContext, erp: Integration, integrate: Integrate
) -> None:
    keys = erp.get("api-keys").json()["items"]
    other = Integration(integrate(rival).client, erp.secret, None)
    assert problem(other.get("orders")) == (401, "api_key_refused")
    assert erp.get("orders").status_code == 200
    assert erp.ask("POST", f"api-keys/{keys[0]['id']}/revoke").status_code == 200
    assert problem(erp.get("orders")) == (401, "api_key_refused")
    assert integrate(shop).get("orders").status_code == 200


def test_a_suspended_persons_keys_stop_at_once(shop: TenantContext, integrate: Integrate) -> None:
    from hansa.domain.staff.services.change_staff import suspend_staff

    integrate(shop)
    clerk = integrate(shop, "orders.view", role="clerk", email="cleo@example.com")
    assert clerk.get("orders").status_code == 200
    with tenant_scope(shop):
        suspend_staff(user_id=clerk.user_id, by=SYSTEM)
    assert clerk.get("orders").status_code == 403


def test_staff_who_are_logged_in_get_in_and_need_the_csrf_token_to_write(
    shop: TenantContext, visit: Callable[[TenantContext], TestClient]
) -> None:
    from hansa.domain.staff.services.create_staff import create_staff

    with tenant_scope(shop):
        create_staff(email="ada@example.com", password=PASSWORD)
    client = visit(shop)
    page = client.get("/admin/login/")
    (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    form = {"csrfmiddlewaretoken": token, "username": "ada@example.com", "password": PASSWORD}
    assert client.post("/admin/login/", data=form, follow_redirects=False).status_code == 302
    assert client.get("/manage/v1/orders").status_code == 200
    body = {"name": "Packing", "capabilities": ["stock.edit"]}
    assert problem(client.post("/manage/v1/roles", json=body)) == (403, "not_allowed")
    allowed = client.post("/manage/v1/roles", json=body, headers={"X-CSRFToken": client.cookies["csrftoken"]})
    assert allowed.status_code == 201, allowed.text


def test_a_customer_who_is_logged_in_is_no_staff(shop: TenantContext, erp: Integration) -> None:
    from hansa.domain.accounts.models import User

    with tenant_scope(shop), transaction():
        User.objects.filter(pk=erp.user_id).update(is_staff=False)
    assert erp.get("orders").status_code == 403


def test_another_shops_things_answer_as_what_never_was(
    shop: TenantContext, rival: TenantContext, integrate: Integrate
) -> None:
    ours, theirs = integrate(shop), integrate(rival)
    theirs.ask("POST", "roles", {"name": "Packing", "capabilities": []})
    for path in ("staff", "roles", "api-keys", "audit-log"):
        (item, *_) = theirs.get(path).json()["items"]
        foreign = ours.get(f"{path}/{item['id']}")
        random = ours.get(f"{path}/01890000-0000-7000-8000-000000000000")
        assert (foreign.status_code, foreign.json() | {"instance": ""}) == (404, random.json() | {"instance": ""}), path


def test_who_is_limited_to_a_category_sees_its_products_only(shop: TenantContext, integrate: Integrate) -> None:
    from hansa.domain.catalog.services.create_category import create_category
    from hansa.domain.catalog.services.create_product import create_product
    from hansa.domain.staff.services.change_staff import limit_staff
    from hansa.kernel.clock import now

    integrate(shop)
    clerk = integrate(shop, "catalog.view", role="clerk", email="cleo@example.com")
    with tenant_scope(shop):
        light, wool = create_category(name="Light"), create_category(name="Wool")
        create_product(name="Torch", category_id=light.pk, now=now())
        scarf = create_product(name="Scarf", category_id=wool.pk, now=now())
        limit_staff(user_id=clerk.user_id, permission="catalog.view_category", objects=[light], by=SYSTEM)
    assert [item["name"] for item in clerk.get("products").json()["items"]] == ["Torch"]
    assert problem(clerk.get(f"products/{scarf.pk}")) == (404, "not_found")


def test_an_address_that_is_none_answers_a_problem_too(erp: Integration) -> None:
    for path in ("nothing", "roles/1", "roles/", "roles/x/y", ""):
        assert problem(erp.get(path)) == (404, "not_found"), path
    assert problem(erp.ask("DELETE", "orders")) == (405, "method_not_allowed")


def test_what_a_key_changes_is_in_the_audit_log(erp: Integration) -> None:
    made = erp.ask("POST", "roles", {"name": "Packing", "capabilities": ["stock.edit"]}, X_Request_Id="trace-me-1234")
    assert made.status_code == 201, made.text
    (entry,) = erp.get(f"audit-log?object_id={made.json()['id']}").json()["items"]
    assert (entry["actor_kind"], entry["actor_label"], entry["action"]) == ("api_key", "ERP", "role.created")
    assert entry["request_id"] == "trace-me-1234"
    assert entry["after"]["name"] == "Packing"


def test_using_a_key_is_noted(erp: Integration) -> None:
    erp.get("orders")
    (key,) = erp.get("api-keys").json()["items"]
    assert key["last_used_at"] is not None


def test_the_description_is_public_and_the_page_shows_it(
    shop: TenantContext, visit: Callable[[TenantContext], TestClient]
) -> None:
    client = visit(shop)
    schema = client.get("/manage/openapi.json").json()
    paths = set(schema["paths"])
    assert {"/manage/v1/staff", "/manage/v1/api-keys/{id}/rotate", "/manage/v1/audit-log/{id}"} <= paths
    assert client.get("/manage/docs").status_code == 200
