"""What the suite is for: a hole that somebody makes is found. Each is made here, in a running process, and undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.architecture import test_wall
from tests.isolation.crawling import found_by_crawl
from tests.isolation.tables import past_the_wall
from tests.isolation.walls import filters_off, policies_off
from tests.isolation.world import World


@contextmanager
def planted(*statements: str, undo: str) -> Iterator[None]:
    """Change the database as its owner could by mistake, until the block ends."""
    with past_the_wall() as connection:
        try:
            for statement in statements:
                connection.execute(statement)
            yield
        finally:
            connection.execute(undo)


def is_red(test: Callable[[], None]) -> bool:
    try:
        test()
    except AssertionError:
        return True
    return False


def test_a_missing_filter_is_found_without_the_policies(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    filters_off(monkeypatch)
    with policies_off():
        found = found_by_crawl(world, only="/admin/accounts/customer/<path:object_id>/change/", size=120)
    assert any("shows words of" in one for one in found)
    assert any("differs from a random id" in one for one in found)


def test_a_missing_policy_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    filters_off(monkeypatch)
    table = "accounts_customer"
    off, on = (f"ALTER TABLE {table} {what} ROW LEVEL SECURITY" for what in ("DISABLE", "ENABLE"))
    with planted(off, undo=on):
        assert is_red(test_wall.test_row_level_security_is_enabled_and_forced_on_every_tenant_owned_table)
        found = found_by_crawl(world, only="/admin/accounts/customer/<path:object_id>/change/", size=120)
    assert any("shows words of" in one for one in found)
    assert not is_red(test_wall.test_row_level_security_is_enabled_and_forced_on_every_tenant_owned_table)


def test_a_policy_that_lets_everything_through_is_found() -> None:
    policy = "CREATE POLICY leak ON accounts_customer FOR SELECT TO hansa_app USING (true)"
    with planted(policy, undo="DROP POLICY leak ON accounts_customer"):
        assert is_red(test_wall.test_no_other_policy_lets_the_app_see_more)


def test_an_operation_that_asks_for_no_permission_is_found(fresh_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from hansa.domain.staff.types import Authority

    monkeypatch.setattr(Authority, "may", lambda self, capability: True)  # noqa: ARG005  (its signature)
    found = found_by_crawl(fresh_world, only="/admin/accounts/customergroup/", size=120)
    assert any("somebody who may not changed" in one for one in found)


def test_a_page_without_a_permission_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from hansa.interfaces.backoffice.audit import AuditAdmin

    monkeypatch.setattr(AuditAdmin, "has_view_permission", lambda *_: True)
    found = found_by_crawl(world, only="/admin/audit/auditentry/", size=120)
    assert any("for somebody who may not" in one for one in found)


def test_an_operation_without_a_capability_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from hansa.interfaces.backoffice.orders import RefundOperation
    from tests.interfaces.backoffice.test_permissions import test_every_page_and_operation_names_a_capability as test

    assert not is_red(test)
    monkeypatch.setattr(RefundOperation, "capability", "")
    assert is_red(test)


def test_an_operation_that_nobody_registered_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.http import HttpResponse
    from django.urls import path

    from hansa.config import urls
    from tests.isolation.test_registry import test_every_operation_is_registered as test

    def everything(request: Any) -> HttpResponse:
        return HttpResponse(str(request))

    assert not is_red(test)
    monkeypatch.setattr(urls, "urlpatterns", [path("export/", everything), *urls.urlpatterns])
    forget_addresses()
    try:
        assert is_red(test)
    finally:
        monkeypatch.undo()
        forget_addresses()
    assert not is_red(test)


def forget_addresses() -> None:
    from django.urls import clear_url_caches

    clear_url_caches()


def test_a_reference_without_the_tenant_is_found() -> None:
    column = "ALTER TABLE carts_cartline ADD COLUMN gift_id uuid"
    unique = "ALTER TABLE carts_cart ADD CONSTRAINT planted UNIQUE (id)"
    key = "ALTER TABLE carts_cartline ADD CONSTRAINT planted_fk FOREIGN KEY (gift_id) REFERENCES carts_cart (id)"
    undo = "ALTER TABLE carts_cartline DROP COLUMN gift_id; ALTER TABLE carts_cart DROP CONSTRAINT planted"
    with planted(column, unique, key, undo=undo):
        assert is_red(test_wall.test_every_reference_to_a_tenant_owned_table_carries_the_tenant)
        assert is_red(test_wall.test_every_unique_index_of_a_tenant_owned_table_is_led_by_the_tenant)
    assert not is_red(test_wall.test_every_reference_to_a_tenant_owned_table_carries_the_tenant)
