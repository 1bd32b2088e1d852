"""What the management API reads and writes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.interfaces.management.conftest import Integration
from tests.interfaces.management.test_access import problem

type Integrate = Callable[..., Integration]


def fields(answer: Any) -> list[str]:
    return sorted(one["field"] for one in answer.json()["errors"])


def customers(shop: TenantContext, number: int) -> None:
    from hansa.domain.accounts.models import Customer
    from hansa.domain.accounts.services.save_customer import save_customer

    with tenant_scope(shop):
        for n in range(number):
            save_customer(customer=Customer(email=f"c{n:02}@example.com", name=f"Buyer {n % 3}"))


@pytest.mark.parametrize("ordering", ["email", "-email", "created_at", "-created_at"])
def test_pages_show_every_row_once(shop: TenantContext, erp: Integration, ordering: str) -> None:
    customers(shop, 11)
    expected = [f"c{n:02}@example.com" for n in range(11)]
    assert all_pages(erp, ordering) == (expected[::-1] if ordering.startswith("-") else expected)


@pytest.mark.parametrize("ordering", ["created_at", "-created_at"])
def test_rows_of_the_same_moment_are_each_shown_once(shop: TenantContext, erp: Integration, ordering: str) -> None:
    from hansa.domain.accounts.models import Customer
    from hansa.kernel.clock import now

    moment = now()
    with tenant_scope(shop), transaction():
        for number in (7, 2, 9, 4, 1, 8, 3):  # written in another order than that of their ids
            Customer.objects.create(pk=UUID(int=number), email=f"c{number}@example.com", created_at=moment)
    assert sorted(all_pages(erp, ordering)) == [f"c{number}@example.com" for number in (1, 2, 3, 4, 7, 8, 9)]


def all_pages(erp: Integration, ordering: str) -> list[str]:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = erp.get(f"customers?limit=3&ordering={ordering}&cursor={cursor}").json()
        assert len(page["items"]) <= 3
        seen += [item["email"] for item in page["items"]]
        cursor = page["next_cursor"]
    return seen


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "invalid"),
        ("limit=101", "invalid"),
        ("limit=ten", "invalid"),
        ("limit=١", "invalid"),
        ("ordering=password", "invalid"),
        ("ordering=name", "invalid"),
        ("ordering=", "invalid"),
        ("cursor=x", "invalid_cursor"),
        ("cursor=WyJhIl0", "invalid_cursor"),
        ("cursor=WzEsMl0", "invalid_cursor"),
        ("cursor=" + "A" * 3000, "invalid_cursor"),
        ("colour=red", "invalid"),
        ("is_tax_exempt=perhaps", "invalid"),
        ("group=1", "invalid"),
        ("updated_at__gte=yesterday", "invalid"),
        ("email=%00", "invalid"),
        ("search=" + "a" * 201, "invalid"),
        ("search=%00", "invalid"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(erp: Integration, query: str, code: str) -> None:
    status, told = problem(erp.get(f"customers?{query}"))
    assert (status, told in {code, "invalid"}) == (422, True), told


def test_lists_are_filtered_and_searched(shop: TenantContext, erp: Integration) -> None:
    customers(shop, 6)
    assert [one["email"] for one in erp.get("customers?email=c03@example.com").json()["items"]] == ["c03@example.com"]
    found = erp.get("customers?search=buyer 1&ordering=email").json()["items"]
    assert [one["email"] for one in found] == ["c01@example.com", "c04@example.com"]


def test_a_write_of_something_that_changed_meanwhile_is_refused(shop: TenantContext, erp: Integration) -> None:
    customers(shop, 1)
    (item,) = erp.get("customers").json()["items"]
    path = f"customers/{item['id']}"
    read = erp.get(path)
    tag = read.headers["etag"]
    changed = erp.ask("PATCH", path, {"name": "Ada"}, If_Match=tag)
    assert (changed.status_code, changed.json()["name"]) == (200, "Ada")
    assert changed.headers["etag"] != tag
    assert problem(erp.ask("PATCH", path, {"name": "Bob"}, If_Match=tag)) == (412, "precondition_failed")
    assert erp.get(path).json()["name"] == "Ada"
    assert erp.ask("PATCH", path, {"name": "Bob"}, If_Match=changed.headers["etag"]).status_code == 200
    assert erp.ask("PATCH", path, {"name": "Cleo"}, If_Match="*").status_code == 200


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"email": "new@example.com"}, ["email"]),
        ({"tenant_id": "x", "id": "y"}, ["id", "tenant_id"]),
        ({"is_tax_exempt": True}, ["tax_id"]),
        ({"group_id": "01890000-0000-7000-8000-000000000000"}, ["group"]),
        ({"name": "x" * 201}, ["name"]),
        ({"name": None}, ["name"]),
        ({"name": "a\x00b"}, ["name"]),
    ],
)
def test_a_body_that_makes_no_sense_is_refused(
    shop: TenantContext, erp: Integration, body: dict[str, Any], named: list[str]
) -> None:
    customers(shop, 1)
    (item,) = erp.get("customers").json()["items"]
    answer = erp.ask("PATCH", f"customers/{item['id']}", body)
    assert answer.status_code == 422, answer.text
    assert fields(answer) == named
    assert erp.get(f"customers/{item['id']}").json() == item


@pytest.mark.parametrize("body", ["[]", '"x"', "{", "", "null", '{"name": NaN}', "[" * 5000])
def test_a_body_that_is_no_object_is_a_4xx(erp: Integration, body: str) -> None:
    headers = {"Authorization": f"Bearer {erp.secret}", "Content-Type": "application/json"}
    answer = erp.client.post("/manage/v1/roles", content=body, headers=headers)
    assert answer.status_code in {400, 422}, answer.text
    problem(answer)


def test_a_form_is_no_json(erp: Integration) -> None:
    headers = {"Authorization": f"Bearer {erp.secret}"}
    assert problem(erp.client.post("/manage/v1/roles", data={"name": "x"}, headers=headers)) == (
        415,
        "unsupported_media_type",
    )


def test_a_role_is_made_changed_and_deleted(erp: Integration) -> None:
    made = erp.ask("POST", "roles", {"name": "Packing", "capabilities": ["stock.edit"]})
    assert made.json()["capabilities"] == ["stock.edit", "stock.view"]
    path = f"roles/{made.json()['id']}"
    changed = erp.ask("PUT", path, {"name": "Packers", "capabilities": ["orders.view"]})
    assert (changed.json()["name"], changed.json()["capabilities"]) == ("Packers", ["orders.view"])
    assert erp.ask("DELETE", path).status_code == 204
    assert problem(erp.get(path)) == (404, "not_found")
    assert fields(erp.ask("POST", "roles", {"name": "X", "capabilities": ["bank.rob"]})) == ["capabilities.0"]


def test_a_narrow_key_cannot_widen_anybody(shop: TenantContext, integrate: Integrate, erp: Integration) -> None:
    narrow = integrate(shop, "staff.edit", "staff.view", "api_keys.edit", "api_keys.view", email="hr@example.com")
    owner = next(one for one in erp.get("roles").json()["items"] if one["is_owner"])
    (me,) = [one for one in erp.get("staff").json()["items"] if one["email"] == "hr@example.com"]
    body = {"role_ids": [owner["id"]]}
    assert problem(narrow.ask("PATCH", f"staff/{me['id']}", body)) == (403, "more_than_you_have")
    assert problem(narrow.ask("POST", "invitations", {"email": "x@example.com"} | body)) == (403, "more_than_you_have")
    made = {"name": "All", "capabilities": ["orders.refund"]}
    assert problem(narrow.ask("POST", "roles", made)) == (403, "more_than_you_have")
    key = {"name": "Child", "scopes": ["staff.view"]}
    assert problem(narrow.ask("POST", "api-keys", key)) == (403, "more_than_you_have"), "keys make no keys"
    strong = next(one for one in erp.get("api-keys").json()["items"] if "orders.refund" in one["scopes"])
    assert problem(narrow.ask("POST", f"api-keys/{strong['id']}/rotate", {})) == (403, "more_than_you_have")
    assert problem(narrow.ask("POST", f"api-keys/{strong['id']}/revoke", {})) == (403, "more_than_you_have")


def test_a_change_of_staff_is_all_or_nothing(shop: TenantContext, integrate: Integrate, erp: Integration) -> None:
    integrate(shop, role="clerk", email="cleo@example.com")
    (cleo,) = erp.get("staff?email=cleo@example.com").json()["items"]
    roles = {one["code"]: one["id"] for one in erp.get("roles").json()["items"]}
    body = {"role_ids": [roles["read-only"]], "warehouse_ids": ["01890000-0000-7000-8000-000000000000"]}
    answer = erp.ask("PATCH", f"staff/{cleo['id']}", body)
    assert (answer.status_code, fields(answer)) == (422, ["warehouse_ids"])
    assert erp.get(f"staff/{cleo['id']}").json() == cleo
    answer = erp.ask("PATCH", f"staff/{cleo['id']}", {"role_ids": [roles["read-only"]], "is_active": False})
    assert ([one["code"] for one in answer.json()["roles"]], answer.json()["is_active"]) == (["read-only"], False)


def test_somebody_is_invited_and_the_invitation_withdrawn(erp: Integration) -> None:
    roles = [one["id"] for one in erp.get("roles").json()["items"] if one["code"] == "clerk"]
    made = erp.ask("POST", "invitations", {"email": "New@example.com", "role_ids": roles})
    assert (made.status_code, made.json()["email"]) == (201, "new@example.com")
    assert "token" not in made.text
    again = erp.ask("POST", "invitations", {"email": "new@example.com", "role_ids": roles})
    assert problem(again) == (409, "already_staff")
    assert erp.ask("DELETE", f"invitations/{made.json()['id']}").status_code == 204
    assert erp.get("invitations?is_open=true").json()["items"] == []


def test_a_key_is_made_by_a_person_only(erp: Integration) -> None:
    answer = erp.ask("POST", "api-keys", {"name": "x", "scopes": ["orders.view"]})
    assert problem(answer) == (403, "more_than_you_have")


def test_a_rotated_key_shows_its_secret_once(erp: Integration) -> None:
    (key,) = erp.get("api-keys").json()["items"]
    made = erp.ask("POST", f"api-keys/{key['id']}/rotate", {"overlap_seconds": 3600})
    assert made.status_code == 201, made.text
    assert made.headers["cache-control"] == "no-store"
    successor = Integration(erp.client, made.json()["secret"], None)
    assert successor.get("orders").status_code == 200
    assert made.json()["secret"] not in erp.get("api-keys").text
    old = successor.get(f"api-keys/{key['id']}").json()
    assert old["replaced_by_id"] == made.json()["api_key"]["id"]


def test_products_are_read_with_their_variants(shop: TenantContext, erp: Integration) -> None:
    from tests.worlds import draft, stock_shop

    stock_shop(shop, draft("Lamp", price=4900, stock=5))
    (lamp,) = erp.get("products").json()["items"]
    assert lamp["variants"][0]["price"] == {"amount": 4900, "currency": "EUR"}
    assert erp.get(f"products/{lamp['id']}").json() == lamp
    assert erp.get("products?status=draft").json()["items"] == []
    assert [one["name"] for one in erp.get("products?search=lam").json()["items"]] == ["Lamp"]


def test_orders_are_read_with_lines_and_timeline(shop: TenantContext, erp: Integration) -> None:
    from tests.worlds_orders import buy, open_for_business

    open_for_business(shop)
    with tenant_scope(shop):
        order_id = buy()
    (row,) = erp.get("orders").json()["items"]
    whole = erp.get(f"orders/{row['id']}").json()
    assert str(order_id) in {whole["id"], str(getattr(order_id, "order_id", ""))}
    assert whole["totals"]["total"] == row["totals"]["total"]
    assert [line["quantity"] for line in whole["lines"]]
    assert whole["timeline"][0]["kind"] == "placed"
    assert erp.get(f"orders?number={row['number']}&email={row['email'].upper()}").json()["items"] == [row]
    assert erp.get("orders?status=cancelled").json()["items"] == []
    assert problem(erp.get("orders?status=lost"))[0] == 422


def test_lists_take_the_same_number_of_statements_however_long(
    shop: TenantContext, erp: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hansa.kernel.postgresql.base import DatabaseWrapper
    from tests.worlds import draft, stock_shop

    statements = 0
    create = DatabaseWrapper.create_cursor

    def counted(self: DatabaseWrapper, name: str | None = None) -> Any:
        nonlocal statements
        statements += 1
        return create(self, name)

    monkeypatch.setattr(DatabaseWrapper, "create_cursor", counted)

    def count(path: str) -> int:
        nonlocal statements
        erp.get(path)
        statements = 0
        assert erp.get(path).status_code == 200
        return statements

    stock_shop(shop, draft("Lamp"))
    one = {path: count(path) for path in ("products", "customers", "audit-log")}
    stock_shop(shop, *(draft(f"Mug {n}") for n in range(8)))
    customers(shop, 8)
    assert {path: count(path) for path in one} == one
    with tenant_scope(shop), transaction():
        assert max(one.values()) <= 9
