"""Commands with which an operator changes something: the audit log tells which, and who ran it."""

import getpass
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand

from hansa.domain.audit.services.record import record
from hansa.domain.tenants.selectors import find_tenants
from hansa.kernel.actors import COMMAND_PREFIX, Actor, actor_scope
from hansa.kernel.tenancy import tenant_scope
from hansa.kernel.transactions import transaction


class OperatorCommand(BaseCommand):
    """A command whose changes are audited, as `command:<name>` and the operating system's user."""

    def execute(self, *args: Any, **options: Any) -> str | None:  # noqa: ANN401  (Django's signature)
        """Run as the operator."""
        name = type(self).__module__.rpartition(".")[2]
        with actor_scope(Actor(kind="system", id=_system_user(), label=f"{COMMAND_PREFIX}{name}")):
            return super().execute(*args, **options)


def change_tenant[T](slug: str, action: str, change: Callable[[], T]) -> T:
    """Make a change of the tenant itself, and record `action` in its log, in one transaction.

    Tenants' own tables stand outside the wall, so no trigger tells it. Raises TenantNotFound and what
    `change` raises.
    """
    (tenant,) = find_tenants(slug=slug)
    with tenant_scope(tenant), transaction():
        result = change()
        after = {"host": result} if isinstance(result, str) else None
        record(action=action, object_type="tenant", object_id=tenant.id, label=tenant.name, after=after)
    return result


def _system_user() -> str:
    try:
        return getpass.getuser()
    except OSError:  # a container's number without a name
        return ""
