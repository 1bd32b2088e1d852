"""The database connection: it enters the current tenant, and who acts, at the start of every transaction.

See Note [The tenant travels with the transaction] in `kernel/tenancy.py` and Note [The actor travels
with the transaction] in `kernel/actors.py`.
"""

from typing import Any

from django.db.backends.postgresql import base, features, operations
from psycopg.pq import TransactionStatus

from hansa.kernel.actors import Actor, find_audited_actor
from hansa.kernel.postgresql.deadline import find_deadline
from hansa.kernel.tenancy import TenantContext, TenantMixUp, find_current_tenant

NAME_ACTOR = "SELECT set_config('hansa.actor', %s, true)"
_SET = "set_config('{}', %s, true)"
"""For the current transaction only (`true` = local)."""


class OutsideTransaction(RuntimeError):
    """SQL for a tenant was about to run outside a transaction, where no tenant is entered."""


class DatabaseFeatures(features.DatabaseFeatures):
    """PostgreSQL, except that the primary key in the database is `(tenant_id, id)`."""

    # GROUP BY id alone is allowed only where id alone is the primary key. See kernel/isolation.py.
    allows_group_by_selected_pks = False


class DatabaseOperations(operations.DatabaseOperations):
    """PostgreSQL, with every query of the ORM locked to the tenant: Note [The second lock] in `compiler.py`."""

    compiler_module = "hansa.kernel.postgresql.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions belong to the tenant that is entered when they begin."""

    features_class = DatabaseFeatures
    ops_class = DatabaseOperations

    _transaction_tenant: TenantContext | None = None
    _transaction_actor: Actor | None = None
    _is_actor_certain = True

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001  (Django's signature)
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # missing in the stubs
        self._transaction_tenant = self._transaction_actor = None
        self._is_actor_certain = True
        tenant = find_current_tenant()
        if not autocommit and tenant is not None:
            actor = find_audited_actor()
            # One round trip: in a pipeline psycopg sends BEGIN together with our statement.
            with self.wrap_database_errors, self.connection.pipeline():
                self.connection.execute(*_entering(tenant, actor))
            self._transaction_tenant, self._transaction_actor = tenant, actor

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # missing in the stubs
        self._is_actor_certain = False  # PostgreSQL has the setting of the time of the savepoint again

    def name_actor(self) -> None:
        """Tell the open transaction who acts, when that has changed since it began: one more message, then only."""
        actor = find_audited_actor()
        if self._is_actor_certain and (self._transaction_actor is actor or self._transaction_actor == actor):
            return
        if self.connection.info.transaction_status is not TransactionStatus.INTRANS:
            return  # it failed: PostgreSQL takes nothing but a rollback, after which we are asked again
        with self.wrap_database_errors:
            self.connection.execute(NAME_ACTOR, [actor.as_json() if actor else ""])
        self._transaction_actor = actor
        self._is_actor_certain = True

    def create_cursor(self, name: str | None = None) -> Any:  # noqa: ANN401  (Django's signature)
        """Give a cursor, unless it would run a tenant's SQL where that tenant is not entered."""
        tenant = find_current_tenant()
        if tenant is not None:
            if self.connection.autocommit:
                message = f"SQL for tenant {tenant.slug} outside a transaction: use kernel.transactions.transaction()"
                raise OutsideTransaction(message)
            if self._transaction_tenant is not tenant and self._transaction_tenant != tenant:
                message = f"this transaction belongs to {self._transaction_tenant}, not to {tenant}"
                raise TenantMixUp(message)
            self.name_actor()
        return super().create_cursor(name)


def _entering(tenant: TenantContext, actor: Actor | None) -> tuple[str, list[str]]:
    """Return what a transaction begins with: who it is for, who acts, how long a statement may take."""
    deadline = find_deadline()
    wanted = [("hansa.tenant", str(tenant.id))]
    if actor is not None:
        wanted.append(("hansa.actor", actor.as_json()))
    if deadline:
        wanted.append(("statement_timeout", str(deadline)))
    return "SELECT " + ", ".join(_SET.format(name) for name, _ in wanted), [value for _, value in wanted]
