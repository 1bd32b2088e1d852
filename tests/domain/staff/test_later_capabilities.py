"""Shops that are older than a capability: their first roles get it, once."""

import importlib
import os
import pkgutil
import subprocess
import sys

import psycopg
from django.db import connection

from hansa.domain.audit.models import AuditEntry
from hansa.domain.audit.services.verify import verify_chain
from hansa.domain.staff import migrations
from hansa.domain.staff.models import Role
from hansa.domain.staff.operations import GiveToPresets
from hansa.domain.staff.services.roles import ensure_roles
from hansa.domain.staff.services.save_role import delete_role, save_role
from hansa.domain.staff.types import ALL_CAPABILITIES, PRESETS, SYSTEM
from hansa.kernel.actors import Actor, actor_scope
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction

STAFF = Actor(kind="staff", id="1", label="ada@example.com")
OLD = ALL_CAPABILITIES - {
    *("exports.view", "exports.run", "webhooks.view", "webhooks.edit", "events.view", "events.edit"),
}
"""What there was when roles came."""


def given() -> dict[str, tuple[str, ...]]:
    """Return what migrations have given to presets."""
    found: dict[str, tuple[str, ...]] = {}
    for module in pkgutil.iter_modules(migrations.__path__):
        migration = importlib.import_module(f"{migrations.__name__}.{module.name}").Migration
        for operation in migration.operations:
            found |= operation.given if isinstance(operation, GiveToPresets) else {}
    return found


def capabilities_of(code: str) -> set[str]:
    with transaction():
        return set(Role.objects.get(code=code).capabilities)


def make_old() -> None:
    """Let the current tenant have the roles of a shop that is older than what was given later."""
    with transaction():
        ensure_roles()
        for role in Role.objects.all():
            Role.objects.filter(pk=role.pk).update(capabilities=sorted(set(role.capabilities) & OLD))


def migrate_again() -> None:
    """Let the database be one that has not seen the migrations after 0004, and migrate it as an operator does."""
    connection.close()
    with psycopg.connect(os.environ["HANSA_OWNER_DATABASE_URL"]) as owner:
        gone = owner.execute("DELETE FROM django_migrations WHERE app = 'staff' AND name > '0005'").rowcount
        assert gone >= 1
    subprocess.run([sys.executable, "-m", "hansa", "manage", "migrate", "--verbosity", "0"], check=True)


def test_every_capability_that_came_later_was_given_to_the_presets_that_have_it() -> None:
    presets = {one: {preset.code for preset in PRESETS if one in preset.capabilities} for one in ALL_CAPABILITIES - OLD}
    assert {one: set(codes) for one, codes in given().items()} == presets, "see domain/staff/operations.py"


def test_presets_of_an_older_shop_get_what_came_later_and_nothing_that_was_taken_away(rival: TenantContext) -> None:
    make_old()
    with tenant_scope(rival):
        with transaction():
            ensure_roles()
            manager = Role.objects.get(code="manager").pk
            read_only = Role.objects.get(code="read-only").pk
        with actor_scope(STAFF):
            wanted = capabilities_of("manager") - {"webhooks.edit", "exports.run"}
            save_role(role_id=manager, name="Manager", capabilities=wanted, by=SYSTEM)
            delete_role(role_id=read_only, by=SYSTEM)
            save_role(role_id=None, name="Read-only", capabilities=["orders.view"], by=SYSTEM)
        with transaction():
            Role.objects.filter(name="Read-only").update(code="read-only")
            Role.objects.filter(pk=manager).update(capabilities=sorted(wanted - {"events.view"}))
    migrate_again()
    for preset in PRESETS:
        assert capabilities_of(preset.code) == preset.capabilities
    with transaction():
        told = AuditEntry.objects.filter(action="role.changed", actor_label="command:migrate")
        assert {entry.object_label for entry in told} == {"Owner", "Manager", "Read-only"}
        assert verify_chain().fault is None
    with tenant_scope(rival):
        assert capabilities_of("manager") == wanted, "what was not taken away by anybody comes back"
        assert capabilities_of("read-only") == {"orders.view"}, "the merchant's own role"


def test_a_second_time_gives_nothing_back() -> None:
    make_old()
    migrate_again()
    with transaction():
        manager = Role.objects.get(code="manager")
    with actor_scope(STAFF):
        kept = set(manager.capabilities) - {"exports.run"}
        save_role(role_id=manager.pk, name="Manager", capabilities=kept, by=SYSTEM)
    migrate_again()
    assert capabilities_of("manager") == kept


def test_a_preset_that_was_made_into_a_role_for_less_gets_nothing() -> None:
    make_old()
    with transaction():
        read_only = Role.objects.get(code="read-only").pk
        manager = Role.objects.get(code="manager")
    with actor_scope(STAFF):
        save_role(role_id=read_only, name="Catalogue interns", capabilities=["catalog.view"], by=SYSTEM)
        save_role(role_id=manager.pk, name="Manager", capabilities=["orders.view"], by=SYSTEM)
        save_role(role_id=manager.pk, name="Manager", capabilities=manager.capabilities, by=SYSTEM)
    migrate_again()
    assert capabilities_of("read-only") == {"catalog.view"}
    assert "exports.run" in capabilities_of("manager"), "it has all again that was taken from it"


def test_a_role_of_the_merchants_own_never_bears_a_presets_code() -> None:
    with transaction():
        ensure_roles()
        clerk = Role.objects.get(code="clerk").pk
    delete_role(role_id=clerk, by=SYSTEM)
    own = save_role(role_id=None, name="Clerk", capabilities=["orders.view"], by=SYSTEM)
    assert own.code.startswith("clerk-")
