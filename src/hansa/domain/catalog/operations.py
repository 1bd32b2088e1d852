"""The migration's statements that let a table count as shown on pages."""

from collections.abc import Sequence

from hansa.domain.catalog.types import Shown


def note_changes_sql(table: str, kind: Shown, *, ignore: Sequence[str] = (), ignored: Shown | None = None) -> list[str]:
    """Return the statements that count each change of `table` as one of what is shown: Note [Version of the catalogue].

    An update of nothing but the columns to `ignore` counts as `ignored`, or not at all.
    """
    arguments = f"'{kind}', '{{{','.join(ignore)}}}', '{ignored or ''}'"
    rows = {
        "INSERT": "NEW TABLE AS touched",
        "UPDATE": "NEW TABLE AS touched OLD TABLE AS former",
        "DELETE": "OLD TABLE AS touched",
    }
    return [
        f"CREATE TRIGGER {table}_shown_{event.lower()} AFTER {event} ON {table} REFERENCING {tables}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_change({arguments})"
        for event, tables in rows.items()
    ]
