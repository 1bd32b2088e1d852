"""What staff do in the back office is in the audit log, and they can read it there."""

from collections.abc import Callable

from starlette.testclient import TestClient

from hansa.domain.audit.models import AuditEntry
from hansa.domain.audit.selectors import get_entries
from hansa.kernel.actors import find_current_actor
from hansa.kernel.tenancy import TenantContext
from tests.interfaces.backoffice.conftest import make_staff, submit
from tests.worlds import entered


def _entries(shop: TenantContext) -> list[AuditEntry]:
    with entered(shop):
        return get_entries()[::-1]


def test_what_staff_change_is_logged_with_who_from_where_and_in_which_request(
    staff: TestClient, shop: TenantContext
) -> None:
    answer = submit(staff, "/admin/catalog/category/add/", {"name": "Kitchen", "position": 0})
    assert answer.status_code == 302, answer.text
    (entry,) = [entry for entry in _entries(shop) if entry.action == "category.created"]
    assert (entry.actor_kind, entry.actor_label, entry.address) == ("staff", "ada@example.com", "testclient")
    assert entry.request_id == answer.headers["x-request-id"]
    assert entry.object_label == "Kitchen"
    assert find_current_actor() is None


def test_logins_are_logged_also_those_that_failed(
    visit: Callable[[TenantContext], TestClient], shop: TenantContext
) -> None:
    make_staff(shop)
    client = visit(shop)
    for name, word in (("ada@example.com", "wrong"), ("nobody@example.com", "wrong"), ("ada@example.com", None)):
        fields = {"username": name, "password": word or "correct horse battery"}
        submit(client, "/admin/login/", fields)
    entries = _entries(shop)
    assert [(entry.action, entry.object_label) for entry in entries] == [
        ("staff.login_failed", "ada@example.com"),
        ("staff.login_failed", "nobody@example.com"),
        ("staff.logged_in", "ada@example.com"),
    ]
    assert entries[2].actor_label == "ada@example.com"
    assert "wrong" not in str([entry.__dict__ for entry in entries])
    assert {entry.address for entry in entries} == {"testclient"}
