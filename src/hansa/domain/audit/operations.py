"""The migration operation that puts a table under audit."""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

from hansa.domain.audit.types import object_type_of


class AuditModel(Operation):
    """Write an entry whenever a privileged actor adds, changes or deletes a row of the model.

    Columns that come later are audited too. Needs the migration `("audit", "0002_chain")`.
    """

    category = OperationCategory.SQL
    reversible = False

    def __init__(
        self,
        model_name: str,
        *,
        label: str = "id",
        parent: str = "",
        hide: Sequence[str] = (),
        ignore: Sequence[str] = (),
    ) -> None:
        """Take the model's name in this app, and columns as the database calls them.

        `label` is what people know a row by, `parent` refers to the row that it is a part of. `hide`
        are secrets whose names do not say so, and shoppers' personal data, which must be erasable while the
        log is not: it tells that they changed, not what they are.
        A change of nothing but columns to `ignore` (derived ones, counters with a ledger) is no entry.
        """
        self.model_name = model_name
        self.label = label
        self.parent = parent
        self.hide = tuple(hide)
        self.ignore = tuple(ignore)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing of what Django knows: the trigger is the database's own."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002  (Django's signature)
        to_state: ProjectState,
    ) -> None:
        """Make the trigger. Raises ValueError for a column that the table has not."""
        model = to_state.apps.get_model(app_label, self.model_name)
        table = model._meta.db_table
        columns = {field.column for field in model._meta.local_fields}
        unknown = {self.label, *filter(None, [self.parent]), *self.hide, *self.ignore} - columns
        if unknown:
            message = f"{table} has no column {', '.join(sorted(unknown))}"
            raise ValueError(message)
        arguments = (object_type_of(model), self.label, self.parent, _array(self.hide), _array(self.ignore))
        schema_editor.execute(
            f'CREATE TRIGGER "{table}_audit" AFTER INSERT OR UPDATE OR DELETE ON "{table}" FOR EACH ROW'
            " WHEN (current_setting('hansa.actor', true) <> '')"
            f" EXECUTE FUNCTION audit_change({', '.join(f"'{argument}'" for argument in arguments)})",
            None,
        )

    def describe(self) -> str:
        """Say it for the migration's log."""
        return f"Audit the changes of {self.model_name}"


def _array(columns: Sequence[str]) -> str:
    return f"{{{','.join(columns)}}}"
