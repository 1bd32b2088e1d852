"""The names of categories from the root: a shop has few of them, so all are in memory."""

from uuid import UUID

from hansa.kernel.postgresql.streaming import Stream

_CATEGORIES = """
    SELECT c.id, c.parent_id, c.name FROM catalog_category c
    WHERE c.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
"""


class Shelves:
    """The shop's categories."""

    def __init__(self, stream: Stream) -> None:
        """Read them."""
        self._shelves: dict[UUID | None, tuple[UUID | None, str]] = {
            id_: (parent, name) for id_, parent, name in stream.all(_CATEGORIES)
        }

    def path(self, shelf: UUID | None) -> tuple[str, ...]:
        """Return the names from the root down to a category: ("Kitchen", "Ceramics")."""
        names: tuple[str, ...] = ()
        while shelf in self._shelves:
            shelf, name = self._shelves[shelf]
            names = (name, *names)
        return names
