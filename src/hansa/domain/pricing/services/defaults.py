"""One row of a kind is the default one."""

from django.db.models import Model

from hansa.kernel.transactions import requires_transaction


@requires_transaction
def unseat_default(row: Model, *, is_default: bool) -> None:
    """Let the present default be none any more, when `row` becomes it."""
    if is_default:
        type(row)._default_manager.filter(is_default=True).exclude(pk=row.pk).update(is_default=False)
