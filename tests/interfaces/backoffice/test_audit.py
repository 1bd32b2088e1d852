"""What staff do in the back office is in the audit log, and they can read it there."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest
from starlette.testclient import TestClient

from hansa.domain.accounts.models import User
from hansa.domain.audit.models import AuditEntry
from hansa.domain.audit.selectors import get_entries
from hansa.domain.audit.services.record import record
from hansa.domain.catalog.models import Category, Product, Variant
from hansa.domain.staff.services.create_staff import create_staff
from hansa.domain.staff.services.support import grant_support
from hansa.interfaces.acting import staff_actor
from hansa.kernel.actors import Actor, actor_scope, find_current_actor
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.interfaces.backoffice.conftest import PASSWORD, make_staff, submit
from tests.worlds import draft, entered, stock_shop

BERT = Actor(kind="staff", id="77", label="bert@example.com", address="192.0.2.7", request_id="request-77")


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
        ("staff.login_failed", "somebody who does not work here"),
        ("staff.logged_in", "ada@example.com"),
    ]
    assert entries[2].actor_label == "ada@example.com"
    assert "wrong" not in str([entry.__dict__ for entry in entries])
    assert {entry.address for entry in entries} == {"testclient"}


def test_an_entry_shows_both_values_side_by_side_and_leads_to_the_thing(staff: TestClient, shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    with actor_scope(BERT), entered(shop):
        mug = Product.objects.get()
        mug.description, mug.tags = "A cup <b>of</b> red clay.", ["new"]
        mug.save()
        mug.description = "A cup <b>of</b> blue clay."
        mug.save()
    entries = _entries(shop)
    page = staff.get(f"/admin/audit/auditentry/{entries[-1].pk}/change/").text
    assert "&lt;b&gt;of&lt;/b&gt; <del>red</del> clay." in page
    assert "&lt;b&gt;of&lt;/b&gt; <ins>blue</ins> clay." in page
    assert f'href="/admin/catalog/product/{mug.pk}/change/"' in page
    assert "bert@example.com" in page
    assert "192.0.2.7" in page
    assert (entries[-1].hash or b"").hex() in page
    first = staff.get(f"/admin/audit/auditentry/{entries[-2].pk}/change/").text
    assert "&quot;new&quot;" in first


def test_the_list_is_narrowed_by_who_what_kind_thing_and_words(staff: TestClient, shop: TenantContext) -> None:
    with actor_scope(BERT), entered(shop):
        shelf = Category.objects.create(name="Kitchen", slug="kitchen", path="kitchen")
        Product.objects.create(name="Mug", slug="mug", category=shelf)
        Category.objects.filter(pk=shelf.pk).update(name="Kitchenware")
    found = {
        "": {"staff.logged_in", "category.created", "product.created", "category.changed"},
        "actor=staff": {"staff.logged_in", "category.created", "product.created", "category.changed"},
        "actor=api_key": set(),
        "actor_id=77": {"category.created", "product.created", "category.changed"},
        "change=created": {"category.created", "product.created"},
        "change=other": {"staff.logged_in"},
        "kind=product": {"product.created"},
        f"about={shelf.pk}": {"category.created", "category.changed"},
        "q=kitchenware": {"category.changed"},
        "q=request-77": {"category.created", "product.created", "category.changed"},
        "about=%00": set(),
        "at__gte=2000-01-01T00:00:00Z": {"staff.logged_in", "category.created", "product.created", "category.changed"},
        "at__lt=2000-01-01T00:00:00Z": set(),
    }
    for query, actions in found.items():
        page = staff.get(f"/admin/audit/auditentry/?{query}")
        assert page.status_code == 200, query
        shown = re.findall(r">\s*((?:staff|category|product)\.\w+)\s*<", page.text)
        assert set(shown) == actions, query


def test_the_history_of_a_page_is_its_part_of_the_log(staff: TestClient, shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    with actor_scope(BERT), entered(shop):
        Variant.objects.update(price_amount=2499)
        mug = Product.objects.get()
    page = staff.get(f"/admin/catalog/product/{mug.pk}/change/").text
    assert f"/admin/catalog/product/{mug.pk}/history/" in page
    history = staff.get(f"/admin/catalog/product/{mug.pk}/history/")
    assert history.url.query == f"about={mug.pk}".encode()
    assert "variant.changed" in history.text


def test_an_entry_whose_thing_is_gone_or_was_none_is_shown_too(staff: TestClient, shop: TenantContext) -> None:
    with actor_scope(BERT), entered(shop):
        Category.objects.create(name="Kitchen", slug="kitchen", path="kitchen").delete()
        record(action="thing.done", object_type="category", object_id="none")
        record(action="export.made", object_type="export", after={"rows": 3, "whole": True})
    for entry in _entries(shop):
        page = staff.get(f"/admin/audit/auditentry/{entry.pk}/change/")
        assert page.status_code == 200
        assert "/admin/catalog/category/none/" not in page.text


def test_nobody_adds_changes_or_deletes_an_entry(staff: TestClient, shop: TenantContext) -> None:
    (entry, *_) = _entries(shop)
    assert staff.get("/admin/audit/auditentry/add/").status_code == 403
    assert staff.get(f"/admin/audit/auditentry/{entry.pk}/delete/").status_code == 403


def test_another_shops_entry_is_not_found(
    staff: TestClient, log_in: Callable[[TenantContext], TestClient], shop: TenantContext, rival: TenantContext
) -> None:
    (entry, *_) = _entries(shop)
    path = f"/admin/audit/auditentry/{entry.pk}/change/"
    assert staff.get(path).status_code == 200
    assert log_in(rival).get(path).status_code == 404


def test_who_may_not_read_the_log_is_neither_offered_it_nor_shown_it(
    visit: Callable[[TenantContext], TestClient], shop: TenantContext
) -> None:
    with tenant_scope(shop):
        create_staff(email="carl@example.com", password=PASSWORD, role="clerk")
    clerk = visit(shop)
    submit(clerk, "/admin/login/", {"username": "carl@example.com", "password": PASSWORD})
    stock_shop(shop, draft("Mug"))
    with entered(shop):
        path = f"/admin/catalog/product/{Product.objects.get().pk}"
    page = clerk.get(f"{path}/change/")
    assert page.status_code == 200
    assert "/admin/audit/" not in page.text
    assert "/history/" not in page.text
    assert clerk.get(f"{path}/history/").status_code == 403
    assert clerk.get("/admin/audit/auditentry/").status_code == 403


def test_what_the_platforms_people_change_is_said_to_be_theirs(shop: TenantContext) -> None:
    make_staff(shop)
    with tenant_scope(shop):
        grant = grant_support(
            email="help@platform.example",
            reason="Ticket 7",
            capabilities={"catalog.view"},
            lasts=timedelta(hours=1),
            now=datetime.now(UTC),
        )
        request = HttpRequest()
        request.META["REMOTE_ADDR"] = "192.0.2.5"
        assert staff_actor(request, grant.user) == Actor(
            kind="platform", id=str(grant.user_id), label="help@platform.example", address="192.0.2.5"
        )
    with entered(shop):
        assert staff_actor(request, User.objects.get(email="ada@example.com")).kind == "staff"
