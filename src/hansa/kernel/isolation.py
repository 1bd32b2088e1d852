"""The wall between tenants: the migration operation that builds it and the check that it stands.

Note [The wall]: for every tenant-owned table
  * the primary key in the database is (tenant_id, id); Django is told `id` alone, which is as
    unique, because CompositePrimaryKey can neither be referenced nor administered,
  * row-level security is enabled and forced; one policy compares tenant_id with the setting
    `hansa.tenant`, for reading and for writing, and a missing setting gives no rows,
  * tenant_id has that setting as its default,
  * every reference to another tenant-owned table is composite, (tenant_id, x_id) → (tenant_id,
    id), because foreign-key checks skip row-level security.
`tests/architecture/test_wall.py` asks pg_catalog whether all of that is true.
"""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

from hansa.kernel.models import TenantForeignKey

CURRENT_TENANT_SQL = "(SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)"
"""The sub-select lets PostgreSQL evaluate it once per statement; nullif, because after a
transaction the setting is '' and not NULL."""

APP_ROLE = "hansa_app"
OWNER_ROLE = "hansa_owner"
WORKER_ROLE = "hansa_worker"


class WallDown(RuntimeError):
    """The database role could see other tenants' rows: we refuse to start."""


def isolation_sql(table: str) -> list[str]:
    """Return the statements that wall off `table`, which has a tenant_id column."""
    default = "nullif(current_setting('hansa.tenant', true), '')::uuid"
    own_rows = f"tenant_id = {CURRENT_TENANT_SQL}"
    return [
        f'ALTER TABLE "{table}" ALTER COLUMN tenant_id SET DEFAULT {default}',
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY tenant_isolation ON "{table}" FOR ALL TO {APP_ROLE}, {OWNER_ROLE}'  # noqa: ISC004  (one statement)
        f" USING ({own_rows}) WITH CHECK ({own_rows})",
    ]


def reference_sql(table: str, column: str, target: str, *, on_delete: str) -> str:
    """Return the statement that makes `table.column` a composite reference to `target`."""
    name = f"{table}_{column}_tenant_fk"
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (tenant_id, "{column}")'
        f' REFERENCES "{target}" (tenant_id, id){on_delete} DEFERRABLE INITIALLY IMMEDIATE'
    )


class IsolateTenant(Operation):
    """Wall off a tenant-owned model: see Note [The wall]. Runs after its CreateModel."""

    category = OperationCategory.SQL
    reversible = False

    def __init__(self, model_name: str) -> None:
        """Take the model's name in this app."""
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing of what Django knows: the wall is the database's own."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002  (Django's signature)
        to_state: ProjectState,
    ) -> None:
        """Run the statements of the wall."""
        model = to_state.apps.get_model(app_label, self.model_name)
        table = model._meta.db_table
        schema_editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_pkey"', None)
        schema_editor.execute(f'ALTER TABLE "{table}" ADD PRIMARY KEY (tenant_id, id)', None)
        for statement in isolation_sql(table):
            schema_editor.execute(statement, None)
        references = [field for field in model._meta.local_fields if isinstance(field, TenantForeignKey)]
        for field in references:
            schema_editor.execute(_composite_reference(table, field), None)
        if all(field.null for field in references):
            # A table that hangs on no other tenant-owned row is anchored at the tenant itself.
            schema_editor.execute(
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_tenant_fk" FOREIGN KEY (tenant_id)'
                " REFERENCES tenants_tenant (id)",
                None,
            )

    def describe(self) -> str:
        """Say it for the migration's log."""
        return f"Wall off {self.model_name} by tenant"


class ExposeDue(Operation):
    """Let the worker find the tenants that have work waiting: makes the function `<table>_due(moment)`.

    The worker serves all tenants, and asking a thousand of them each second would be waste. The
    function runs as hansa_worker, a role that owns nothing and may only read this table; it answers
    with tenants' ids and nothing else. What is due is then read inside the tenant's wall.
    """

    category = OperationCategory.SQL
    reversible = False

    def __init__(self, model_name: str, column: str, condition: str) -> None:
        """Take the model, the column that says when, and the SQL condition that says what still waits."""
        self.model_name = model_name
        self.column = column
        self.condition = condition

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing of what Django knows."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002  (Django's signature)
        to_state: ProjectState,
    ) -> None:
        """Make the partial index, the policy and the function."""
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        for statement in due_sql(table, self.column, self.condition):
            schema_editor.execute(statement, None)

    def describe(self) -> str:
        """Say it for the migration's log."""
        return f"Let the worker find tenants with {self.model_name} rows that are due"


def due_sql(table: str, column: str, condition: str) -> list[str]:
    """Return the statements that make `<table>_due(moment)`: the tenants with rows that wait since `moment`."""
    function = f"{table}_due(timestamptz)"
    return [
        f'CREATE INDEX "{table}_waiting" ON "{table}" (tenant_id, "{column}") WHERE {condition}',
        f'GRANT SELECT ON "{table}" TO {WORKER_ROLE}',
        f'CREATE POLICY worker_reads_all ON "{table}" FOR SELECT TO {WORKER_ROLE} USING (true)',
        f"CREATE FUNCTION {table}_due(moment timestamptz) RETURNS SETOF uuid"  # noqa: ISC004, S608  (one statement of a migration)
        " LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS"
        f' $$ SELECT DISTINCT t.tenant_id FROM "{table}" t WHERE {condition} AND t."{column}" <= moment $$',
        f"ALTER FUNCTION {function} OWNER TO {WORKER_ROLE}",
        f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {function} TO {APP_ROLE}",
    ]


def _composite_reference(table: str, field: "TenantForeignKey[Any, Any]") -> str:
    on_delete = ""
    if field.remote_field.on_delete is models.SET_NULL:
        on_delete = f' ON DELETE SET NULL ("{field.column}")'
    elif field.remote_field.on_delete is models.CASCADE:
        on_delete = " ON DELETE CASCADE"
    target = field.remote_field.model._meta.db_table
    return reference_sql(table, field.column, target, on_delete=on_delete)


def check_wall(connection: BaseDatabaseWrapper) -> None:
    """Raise WallDown when the role that serves requests could look over the wall."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, bool_or(r.rolsuper), bool_or(r.rolbypassrls)"
            " FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER')"
        )
        role, is_superuser, bypasses = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM pg_class c WHERE c.relkind = 'r'"
            " AND c.relnamespace = 'public'::regnamespace AND pg_has_role(current_user, c.relowner, 'MEMBER')"
        )
        (owned,) = cursor.fetchone()
    reasons = [
        reason
        for reason, is_true in (
            ("is a superuser", is_superuser),
            ("has BYPASSRLS", bypasses),
            (f"owns {owned} tables", owned),
        )
        if is_true
    ]
    if reasons:
        message = (
            f"The database role {role!r} {' and '.join(reasons)}, so row-level security would not hold"
            f" one merchant's rows from another. Connect as {APP_ROLE!r} (see docs/operations.md)."
        )
        raise WallDown(message)
