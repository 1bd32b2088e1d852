"""The database connection: it enters the current tenant at the start of every transaction.

See Note [The tenant travels with the transaction] in `kernel/tenancy.py`.
"""

from typing import Any

from django.db.backends.postgresql import base, features

from hansa.kernel.tenancy import TenantContext, TenantMixUp, find_current_tenant

ENTER_TENANT = "SELECT set_config('hansa.tenant', %s, true)"
"""Sets the tenant for the current transaction only (`true` = local)."""


class OutsideTransaction(RuntimeError):
    """SQL for a tenant was about to run outside a transaction, where no tenant is entered."""


class DatabaseFeatures(features.DatabaseFeatures):
    """PostgreSQL, except that the primary key in the database is `(tenant_id, id)`."""

    # GROUP BY id alone is allowed only where id alone is the primary key. See kernel/isolation.py.
    allows_group_by_selected_pks = False


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions belong to the tenant that is entered when they begin."""

    features_class = DatabaseFeatures

    _transaction_tenant: TenantContext | None = None

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001  (Django's signature)
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # missing in the stubs
        self._transaction_tenant = None
        tenant = find_current_tenant()
        if not autocommit and tenant is not None:
            # One round trip: in a pipeline psycopg sends BEGIN together with our statement.
            with self.wrap_database_errors, self.connection.pipeline():
                self.connection.execute(ENTER_TENANT, [str(tenant.id)])
            self._transaction_tenant = tenant

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
        return super().create_cursor(name)
