"""Keep the listing true: see listing.sql."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from hansa.kernel.transactions import requires_transaction, transaction


@requires_transaction
def refresh_listing(product_ids: Sequence[UUID]) -> int:
    """Make the listing of these products say what the tables say; returns how many documents were written.

    Every service that writes a product calls it before its transaction ends.
    """
    if not product_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT catalog_refresh_listing(%s)", [list(product_ids)])
        (written,) = cursor.fetchone()
    return int(written)


def rebuild_listing() -> int:
    """Derive the whole tenant's listing anew, in one statement; returns how many documents were written."""
    with transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT catalog_refresh_listing(NULL)")
        (written,) = cursor.fetchone()
    return int(written)
