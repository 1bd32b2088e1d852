"""Fold changes: keep the version of the catalogue, in few rows."""

from hansa.kernel.postgresql.batches import tell
from hansa.kernel.transactions import transaction

# One statement, so that everybody sees either the many rows or their sum. Two of them at once never add a row
# twice: the second waits for the first, and then no longer finds what that has deleted.
_FOLD = """
    WITH gone AS (
        DELETE FROM catalog_cataloguechange c
        WHERE c.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        RETURNING c.tenant_id, c.kind, c.changes
    )
    INSERT INTO catalog_cataloguechange (tenant_id, id, kind, changes, noted_at)
    SELECT g.tenant_id, gen_random_uuid(), g.kind, sum(g.changes), NULL FROM gone g GROUP BY g.tenant_id, g.kind
"""


def fold_changes() -> None:
    """Replace the rows that count changes by one of each kind. See Note [Version of the catalogue]."""
    with transaction():
        tell(_FOLD, {})
