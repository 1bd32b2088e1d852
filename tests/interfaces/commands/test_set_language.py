"""`hansa manage set_language`, as an operator types it."""

import io

import pytest
from django.core.management import CommandError, call_command

from hansa.domain.audit.models import AuditEntry
from hansa.domain.tenants.models import Tenant
from hansa.kernel.tenancy import TenantContext
from tests.worlds import entered


def _command(*arguments: str) -> str:
    output = io.StringIO()
    call_command("set_language", *arguments, stdout=output)
    return output.getvalue()


def _entries(tenant: TenantContext) -> list[tuple[object, ...]]:
    with entered(tenant):
        told = AuditEntry.objects.filter(action="tenant.language_changed").order_by("seq")
        return list(told.values_list("actor_kind", "actor_label", "object_label", "before", "after"))


def test_the_operator_changes_a_shops_language_and_the_log_tells_it_once(
    shop: TenantContext, rival: TenantContext
) -> None:
    assert _command(shop.slug, "de") == f"{shop.slug} writes its letters in de.\n"
    assert _command(shop.slug, "de") == f"{shop.slug} writes its letters in de already.\n"
    assert Tenant.objects.get(pk=shop.id).language == "de"
    assert Tenant.objects.get(pk=rival.id).language == "en"
    changed = ("system", "command:set_language", shop.name, {"language": "en"}, {"language": "de"})
    assert (_entries(shop), _entries(rival)) == ([changed], [])


def test_what_cannot_be_is_refused_and_changes_nothing(shop: TenantContext) -> None:
    with pytest.raises(CommandError, match="written in en or de, not in 'fr'") as refusal:
        _command(shop.slug, "fr")
    assert refusal.value.returncode == 2
    with pytest.raises(CommandError, match="no tenant 'nobody'"):
        _command("nobody", "de")
    assert Tenant.objects.get(pk=shop.id).language == "en"
    assert _entries(shop) == []
