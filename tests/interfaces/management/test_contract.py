"""What the fuzzer found once, and shall not find again."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.interfaces.management.conftest import Integration


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("9134-03-11T22:40:53.31+16:11", 200),  # PostgreSQL knows no such offset
        ("2026-11-22T08:00:00Z", 200),
        ("0001-01-01T00:00:00+05:00", 422),
        ("9999-12-31T23:59:59-05:00", 422),
        ("2026-11-22T08:00:00", 422),
        ("2026-11-22", 422),
        ("2026-02-30T08:00:00Z", 422),
        ("٢٠٢٦-11-22T08:00:00Z", 422),
        ("", 422),
    ],
)
def test_moments_are_read_as_described(erp: Integration, moment: str, status: int) -> None:
    for path in ("customers?updated_at__gte", "orders?placed_at__lt", "audit-log?at__gte"):
        answer = erp.get(f"{path}={quote(moment)}")
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    "query",
    [
        "orders?number=0.5",
        "orders?number=",
        "orders?customer_id=",
        "staff?is_active=1",
        "staff?is_active=",
        "products?status=",
    ],
)
def test_a_filter_takes_what_it_describes(erp: Integration, query: str) -> None:
    answer = erp.get(query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("roles", {"name": 7, "capabilities": []}),
        ("roles", {"name": True, "capabilities": []}),
        ("roles", {"name": " ", "capabilities": []}),
        ("invitations", {"email": "eve@example.com", "role_ids": [7]}),
        ("invitations", {"email": "eve@example.com", "role_ids": ["{01a2020f-4308-703f-ad7b-e730be7c4271}"]}),
        ("api-keys", {"name": "ERP", "scopes": ["orders.view"], "expires_at": "2027-01-01"}),
    ],
)
def test_a_body_has_the_types_that_are_described(erp: Integration, path: str, body: Any) -> None:
    answer = erp.ask("POST", path, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text


def test_what_nobody_foresaw_is_a_problem_document_too(erp: Integration, monkeypatch: pytest.MonkeyPatch) -> None:
    from hansa.interfaces.management.views.orders import OrderResource

    def fail(_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(OrderResource, "get_queryset", fail)
    answer = erp.get("orders")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "ZeroDivision" not in answer.text
