"""`hansa manage verify_audit`, as an operator types it, and what operators' commands leave in the log."""

import io
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from hansa.domain.audit.selectors import get_entries
from hansa.domain.audit.services.record import record
from hansa.kernel.tenancy import TenantContext
from tests.domain.audit.conftest import tamperer
from tests.worlds import entered

__all__ = ["tamperer"]


def _command(*arguments: str) -> tuple[str, int]:
    output = io.StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=output)
    except SystemExit as exit_:
        return output.getvalue(), int(str(exit_.code or 0))
    return output.getvalue(), 0


def test_a_log_that_adds_up_is_said_to_with_a_hash_to_keep(shop: TenantContext) -> None:
    with entered(shop):
        record(action="thing.done")
    printed, status = _command("--tenant", shop.slug)
    assert status == 0
    first, last = printed.splitlines()
    assert last == f"The audit log of {shop.slug} adds up."
    kept = first.removeprefix(f"{shop.slug}: ")
    assert kept.startswith("1:")
    assert _command("--tenant", shop.slug, "--expect", kept)[1] == 0
    forged = f"1:{'0' * 64}"
    printed, status = _command("--tenant", shop.slug, "--expect", forged)
    assert status == 1
    assert "the chain was written anew" in printed


def test_a_log_that_was_tampered_with_is_named_and_the_status_is_1(
    shop: TenantContext, rival: TenantContext, tamperer: psycopg.Connection[Any]
) -> None:
    for tenant in (shop, rival):
        with entered(tenant):
            record(action="thing.done")
    tamperer.execute("UPDATE audit_auditentry SET action = 'thing.undone' WHERE tenant_id = %s", [shop.id])
    try:
        for arguments in (["--tenant", shop.slug], []):
            printed, status = _command(*arguments)
            assert status == 1
            assert f"{shop.slug}: Entry 1 was changed." in printed
            assert f"{rival.slug}: Entry" not in printed
        assert _command("--tenant", rival.slug)[1] == 0
    finally:
        tamperer.execute("UPDATE audit_auditentry SET action = 'thing.done' WHERE tenant_id = %s", [shop.id])


@pytest.mark.parametrize(
    "arguments", [["--tenant", "nobody"], ["--expect", f"1:{'0' * 64}"], ["--expect", "1:2", "--tenant", "x"]]
)
def test_a_wrong_argument_is_said_to_be_one(arguments: list[str]) -> None:
    with pytest.raises(CommandError) as refusal:
        _command(*arguments)
    assert refusal.value.returncode in {1, 2}


def test_operators_commands_are_in_the_log_of_the_shop_that_they_change(
    shop: TenantContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    call_command("create_staff", "ada@example.com", tenant=shop.slug, stdout=io.StringIO())
    call_command("add_domain", f"{shop.slug}.example.org", tenant=shop.slug, stdout=io.StringIO())
    call_command("suspend_tenant", shop.slug, stdout=io.StringIO())
    call_command("suspend_tenant", shop.slug, resume=True, stdout=io.StringIO())
    with entered(shop):
        entries = [entry for entry in get_entries()[::-1] if entry.object_type in {"user", "tenant"}]
    assert [(entry.actor_label, entry.action) for entry in entries] == [
        ("command:create_staff", "user.created"),
        ("command:add_domain", "tenant.domain_added"),
        ("command:suspend_tenant", "tenant.suspended"),
        ("command:suspend_tenant", "tenant.resumed"),
    ]
    assert entries[1].after == {"host": f"{shop.slug}.example.org"}
    assert all(entry.actor_id for entry in entries)


def test_a_new_shops_log_begins_with_its_creation() -> None:
    from hansa.domain.tenants.selectors import get_tenant_by_slug

    call_command("create_tenant", "brand-new", name="Brand new", stdout=io.StringIO())
    with entered(get_tenant_by_slug("brand-new")):
        assert [entry.action for entry in get_entries()] == ["tenant.created"]


def test_a_change_that_was_refused_is_not_in_the_log(shop: TenantContext) -> None:
    with pytest.raises(CommandError, match="no host name"):
        call_command("add_domain", "not a host", tenant=shop.slug, stdout=io.StringIO())
    with entered(shop):
        assert get_entries() == []


def test_an_import_is_two_entries_however_many_rows_it_has(shop: TenantContext, tmp_path: Any) -> None:
    from hansa.domain.catalog.models import Product

    file = tmp_path / "products.csv"
    rows = "".join(f"mug-{number},Mug {number},9.99\n" for number in range(20))
    file.write_text(f"Handle,Title,Variant Price\n{rows}")
    call_command("import_products", str(file), file_format="shopify", tenant=shop.slug, stdout=io.StringIO())
    with entered(shop):
        assert Product.objects.count() == 20
        ended, started = get_entries()
    assert (started.action, ended.action) == ("import.started", "import.ended")
    assert started.actor_label == ended.actor_label == "command:import_products"
    assert started.object_label == "products.csv"
    assert ended.after is not None
    assert (ended.after["processed_rows"], ended.after["created_products"]) == (20, 20)
