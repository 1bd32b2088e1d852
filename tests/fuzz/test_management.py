"""The management API keeps what its description promises, whatever it is sent."""

import itertools
from typing import Any

import pytest
from schemathesis import AuthContext, AuthProvider, Case

from hansa.kernel.tenancy import TenantContext
from tests.fuzz.engine import Plan, assert_went_through, fuzz
from tests.fuzz.world import CSRF_COOKIE, SESSION_COOKIE, World, make_world

_CURSOR = "a cursor is a text that we gave; no pattern tells ours from others"
_CONTENT = "what a text may say is more than its length: blanks, NUL, roles and objects of this shop"
_DISABLED = "nothing is sent to a webhook that was switched off"
_STALE = "If-Match names another state"
_LISTS = (
    "staff",
    "roles",
    "invitations",
    "api-keys",
    "customers",
    "audit-log",
    "products",
    "orders",
    "events",
    "webhooks",
    "exports",
    "feeds",
    "imports",
)
_IDS = {
    "customers/{id}": "customer",
    "staff/{id}": "staff",
    "roles/{id}": "own_role_id",
    "invitations/{id}": "invitation",
    "api-keys/{id}": "api_key",
    "api-keys/{id}/revoke": "api_key",
    "api-keys/{id}/rotate": "api_key",
    "audit-log/{id}": "audit",
    "products/{id}": "product",
    "orders/{id}": "order",
    "exports/{id}": "export",
    "exports/{id}/cancel": "open_export",
    "exports/{id}/file": "export",
    "feeds/{id}": "feed",
    "feeds/{id}/off": "feed",
    "events/{id}": "event",
    "events/{id}/retry": "event",
    "webhooks/{id}": "webhook",
    "webhooks/{id}/replay": "webhook",
    "webhooks/{id}/rotate": "webhook",
    "webhooks/{id}/test": "webhook",
    "imports/{id}": "import_waiting",
    "imports/{id}/errors": "import_waiting",
    "imports/{id}/pause": "import_waiting",
    "imports/{id}/cancel": "import_unwanted",
    "imports/{id}/resume": "import_paused",
    "imports/{id}/start": "import_checked",
}

PLAN = Plan(
    document="/manage/openapi.json",
    examples={f"/manage/v1/{path}": {"id": of} for path, of in _IDS.items()}
    | {
        f"/manage/v1/webhooks/{{webhook_id}}/deliveries{rest}": {"webhook_id": "sent_to", "id": "sent"}
        for rest in ("", "/{id}", "/{id}/replay")
    },
    words={
        "query.cursor": "no_cursor",
        "header.If-Match": "any_state",
        "body.group_id": "group_id",
        "body.role_ids[*]": "role_id",
        "body.warehouse_ids[*]": "warehouse_id",
        "body.scopes[*]": "scope",
        "body.capabilities[*]": "scope",
        "body.url": "webhook_url",
        "body.filters[*]": "filter",
    },
    bodies={
        "PATCH /manage/v1/customers/{id}": {"name": "Ada", "group_id": "{group_id}", "is_tax_exempt": False},
        "PATCH /manage/v1/staff/{id}": {"role_ids": ["{role_id}"], "is_active": True},
        "POST /manage/v1/roles": {"name": "Packing", "capabilities": ["stock.edit"]},
        "PUT /manage/v1/roles/{id}": {"name": "Returns", "capabilities": ["orders.view", "orders.refund"]},
        "POST /manage/v1/invitations": {"email": "eve@example.com", "role_ids": ["{role_id}"]},
        "POST /manage/v1/api-keys": {"name": "ERP", "scopes": ["orders.view"]},
        "POST /manage/v1/api-keys/{id}/rotate": {"overlap_seconds": 60},
        "POST /manage/v1/exports": {"kind": "orders", "format": "jsonl"},
        "POST /manage/v1/feeds": {"language": "en", "backorder_days": 21},
        "POST /manage/v1/webhooks": {"url": "https://shop.example/hook", "filters": ["order.*"]},
        "PATCH /manage/v1/webhooks/{id}": {"description": "ERP", "is_enabled": True},
        "POST /manage/v1/webhooks/{id}/rotate": {"overlap_seconds": 60},
        "POST /manage/v1/webhooks/{id}/replay": {"after": 0},
    },
    also_expected={f"GET /manage/v1/{one}": (["422"], _CURSOR) for one in _LISTS}
    | {
        "PATCH /manage/v1/customers/{id}": (["412", "422"], f"{_CONTENT}; {_STALE}"),
        "PATCH /manage/v1/staff/{id}": (["412", "422"], f"{_CONTENT}; {_STALE}"),
        "POST /manage/v1/roles": (["422"], _CONTENT),
        "PUT /manage/v1/roles/{id}": (["412", "422"], f"{_CONTENT}; {_STALE}"),
        "DELETE /manage/v1/roles/{id}": (["412"], _STALE),
        "POST /manage/v1/invitations": (["422"], _CONTENT),
        "DELETE /manage/v1/invitations/{id}": (["412"], _STALE),
        "POST /manage/v1/api-keys": (["422"], _CONTENT),
        "POST /manage/v1/api-keys/{id}/rotate": (["412", "422"], _STALE),
        "POST /manage/v1/api-keys/{id}/revoke": (["412"], _STALE),
        "POST /manage/v1/exports": (["429"], "only so many exports may be open at a time"),
        "POST /manage/v1/exports/{id}/cancel": (["409", "412"], f"an export can be cancelled once; {_STALE}"),
        "POST /manage/v1/feeds/{id}/off": (["412"], _STALE),
        "GET /manage/v1/webhooks/{webhook_id}/deliveries": (["422"], _CURSOR),
        "POST /manage/v1/webhooks/{webhook_id}/deliveries/{id}/replay": (["409", "412"], f"{_DISABLED}; {_STALE}"),
        "POST /manage/v1/events/{id}/retry": (["409", "412"], f"what has not failed is not retried; {_STALE}"),
        "POST /manage/v1/webhooks": (["409", "422"], f"{_CONTENT}; there are so many at most"),
        "PATCH /manage/v1/webhooks/{id}": (["412", "422"], f"{_CONTENT}; {_STALE}"),
        "DELETE /manage/v1/webhooks/{id}": (["412"], _STALE),
        "POST /manage/v1/webhooks/{id}/rotate": (["412", "422"], _STALE),
        "POST /manage/v1/webhooks/{id}/replay": (["409", "412", "422"], f"{_DISABLED}; {_STALE}"),
        "POST /manage/v1/webhooks/{id}/test": (["409", "412"], f"{_DISABLED}; {_STALE}"),
        "POST /manage/v1/imports": (["422", "429"], "the file must be one of the format; only so many may wait"),
    }
    | {f"POST /manage/v1/imports/{{id}}/{one}": (["412"], _STALE) for one in ("cancel", "pause", "resume", "start")},
    unchecked={},
)


def integration(world: World) -> type[AuthProvider[Any]]:
    """Return somebody who has a key with all scopes, or is an owner who is logged in to the back office."""
    turn = itertools.count()
    token = "x" * 32

    class Integration:
        def get(self, case: Case[Any], _context: AuthContext, /) -> tuple[dict[str, str], dict[str, str]]:
            if next(turn) % 2 or case.operation.label == "POST /manage/v1/api-keys":  # keys are made by people
                return {"X-CSRFToken": token}, {SESSION_COOKIE: world.staff_session(), CSRF_COOKIE: token}
            return {"Authorization": f"Bearer {world.key()}"}, {}

        def set(self, case: Case[Any], data: Any, _context: AuthContext, /) -> None:
            case.headers.update(data[0])
            case.cookies.update(data[1])

    return Integration


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("examples", "least"), [(4, 2_000), pytest.param(130, 10_000, marks=pytest.mark.long)], ids=["short", "long"]
)
def test_the_management_api_keeps_its_word(shop: TenantContext, examples: int, least: int) -> None:
    world = make_world(shop)
    findings = fuzz(PLAN, world, integration(world), examples)
    assert not findings.failures, str(findings)
    assert findings.cases >= least, str(findings)
    print(f"\n{findings}")  # noqa: T201
    assert_went_through(findings, but={"POST /manage/v1/imports"})
