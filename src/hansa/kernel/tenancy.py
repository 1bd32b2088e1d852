"""Whose data we are working on: the current tenant.

Note [The tenant travels with the transaction]: the current tenant is a context variable. The
database connection (`kernel/postgresql/base.py`) copies it into the setting `hansa.tenant` with
the first statement of every transaction, for that transaction only, and the row-level policies
compare each row with that setting. So there is nothing to reset when a connection goes back to
the pool, also after an exception or a killed request, and a missing tenant gives no rows, never
all rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from hansa.kernel.errors import Forbidden


@dataclass(frozen=True, slots=True)
class TenantContext:
    """What the rest of the program needs to know of the tenant it works for."""

    id: UUID
    slug: str
    name: str
    currency: str
    origins: frozenset[str] = field(default=frozenset(), compare=False)
    """Origins of other sites whose pages may call the shop's APIs: `https://www.acme.example`."""


class NoTenant(Forbidden):
    """Tenant-owned data was asked for while no tenant is entered: a bug in the caller."""

    code = "no_tenant"


class TenantMixUp(RuntimeError):
    """One transaction was about to work for two tenants: a bug in the caller."""


_current: ContextVar[TenantContext | None] = ContextVar("hansa_tenant", default=None)


def find_current_tenant() -> TenantContext | None:
    """Return the tenant that is entered, or None."""
    return _current.get()


def get_current_tenant() -> TenantContext:
    """Return the tenant that is entered; raises NoTenant."""
    tenant = _current.get()
    if tenant is None:
        message = "No tenant is entered. Wrap the call in `with tenant_scope(tenant):`."
        raise NoTenant(message)
    return tenant


def default_tenant_id() -> UUID | None:
    """Return the id of the tenant that is entered: the default of every `tenant_id`.

    None without one: a model may be instantiated then (Django's checks do), but not saved.
    """
    tenant = _current.get()
    return tenant.id if tenant else None


@contextmanager
def tenant_scope(tenant: TenantContext) -> Iterator[TenantContext]:
    """Work for `tenant` until the block ends.

    SQL for it inside another tenant's transaction raises TenantMixUp.
    """
    token = _current.set(tenant)
    try:
        yield tenant
    finally:
        _current.reset(token)


@contextmanager
def without_tenant() -> Iterator[None]:
    """Work for nobody until the block ends: for what belongs to the installation."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Return the key under which Django's cache keeps something: what one tenant keeps, no other finds."""
    tenant = _current.get()
    return f"{key_prefix}:{version}:{tenant.id if tenant else ''}:{key}"
