"""The second lock: every query of the ORM says whose rows it wants, whoever wrote it.

Note [The second lock]: row-level security is the wall (`kernel/isolation.py`). Should a policy ever be missing,
this still holds: whatever the ORM compiles (lists, gets, counts, subqueries, updates, deletes, what managers,
relations and the admin ask) gets `tenant_id = <the tenant that is entered>` on its first table, when that table
belongs to tenants. It is done here and not in a manager, because a manager is gone around by `_base_manager`,
by another manager, and by libraries. Tables that are joined hang on the first by composite keys, which no row
of another tenant fits. Without a tenant there are no rows, as behind the wall. The condition also tells the
planner which tenant it is; the policy's own, a sub-select, becomes a check that runs once.
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Model, UUIDField
from django.db.models.sql import compiler as generic
from django.db.models.sql.where import NothingNode, WhereNode

from django.db.backends.postgresql import compiler as postgresql  # isort: skip
from hansa.kernel.tenancy import find_current_tenant


@cache
def is_walled(model: type[Model] | None) -> bool:
    """Tell whether the model's rows belong to tenants; a library's models do not know it of their tables."""
    if model is None:
        return False
    known = any(field.name == "tenant_id" for field in model._meta.local_concrete_fields)
    return known or model._meta.app_label in settings.WALLED_LIBRARIES


def tenant_condition(query: Any) -> Any:  # noqa: ANN401  (a condition of Django's, of whatever kind)
    """Return the condition that the query must have more; None: its first table belongs to nobody."""
    alias = next((alias for alias in query.alias_map if query.alias_refcount[alias]), None)
    model = query.model
    if alias is None or model is None:
        return None
    if query.alias_map[alias].table_name != model._meta.db_table:
        model = _model_of(query.alias_map[alias].table_name)
    if not is_walled(model):
        return None
    tenant = find_current_tenant()
    if tenant is None:
        return NothingNode()
    field = _tenant_of(model)
    return field.get_lookup("exact")(field.get_col(alias), tenant.id)


@cache
def _tenant_of(model: type[Model]) -> Any:  # noqa: ANN401  (a field)
    field: Any = UUIDField()
    field.set_attributes_from_name("tenant_id")
    field.model = model
    return field


@cache
def _model_of(table: str) -> type[Model] | None:
    from django.apps import apps  # noqa: PLC0415  (the registry is not there yet when the backend is loaded)

    return next((model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table), None)


def _locked(query: Any) -> Any:  # noqa: ANN401  (a query of Django's)
    """Return the query with the condition; the caller's own stays as it is, it may be run again for another tenant."""
    query.get_initial_alias()
    condition = tenant_condition(query)
    if condition is None:
        return query
    locked = query.clone()
    locked.where.add(condition, "AND")
    return locked


class SQLCompiler(generic.SQLCompiler):
    """Compiles what reads."""

    def pre_sql_setup(self, with_col_aliases: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002  (Django's signature)
        """Add the condition to those of the query."""
        parts = super().pre_sql_setup(with_col_aliases=with_col_aliases)
        condition = tenant_condition(self.query)
        if condition is not None:
            own: Any = self.where  # type: ignore[has-type]  # set by Django's method, above
            self.where = WhereNode([condition] if own is None else [condition, own])
        return parts


class SQLUpdateCompiler(generic.SQLUpdateCompiler, SQLCompiler):  # type: ignore[misc]  # Django's own signatures
    """Compiles what changes."""

    def as_sql(self) -> Any:  # type: ignore[override]  # noqa: ANN401  (Django's signature)
        """Change the tenant's own rows only."""
        self.query = _locked(self.query)
        return super().as_sql()


class SQLDeleteCompiler(generic.SQLDeleteCompiler, SQLCompiler):
    """Compiles what deletes."""

    def as_sql(self) -> Any:  # type: ignore[override]  # noqa: ANN401  (Django's signature)
        """Delete the tenant's own rows only."""
        self.query = _locked(self.query)
        return super().as_sql()


class SQLAggregateCompiler(generic.SQLAggregateCompiler, SQLCompiler):
    """Compiles sums over a query, which has the condition inside."""


class SQLInsertCompiler(postgresql.SQLInsertCompiler, SQLCompiler):
    """Compiles what adds: `tenant_id` is a column like any other, with the tenant as its default."""
