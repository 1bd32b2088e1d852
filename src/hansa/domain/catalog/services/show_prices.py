"""Show prices: let the listing say what price lists for everybody say."""

from collections.abc import Mapping
from uuid import UUID

from django.db import connection

from hansa.domain.catalog.services.listing import refresh_listing
from hansa.kernel.postgresql.statements import Json
from hansa.kernel.transactions import requires_transaction

_SHOW = """
    UPDATE catalog_variant v SET listed_amount = (w.value #>> '{}')::bigint
    FROM jsonb_each(%(amounts)s::jsonb) w
    WHERE v.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND v.id = w.key::uuid AND v.listed_amount IS DISTINCT FROM (w.value #>> '{}')::bigint
    RETURNING v.product_id
"""


@requires_transaction
def show_prices(*, amounts: Mapping[UUID, int | None]) -> int:
    """Show these amounts (minor units of the variants' currency; None: the catalogue's own price) in the listing.

    Returns how many showed something else before. The products must be locked (`publish_stock.lock_for_publishing`).
    It is no edit: the variants' `updated_at` stays.
    """
    if not amounts:
        return 0
    with connection.cursor() as cursor:
        shown = Json({str(variant): amount for variant, amount in amounts.items()})
        cursor.execute("SELECT set_config('hansa.publishing', 'on', true)")
        cursor.execute(_SHOW, {"amounts": str(shown)})
        rows = cursor.fetchall()
        cursor.execute("SELECT set_config('hansa.publishing', '', true)")
    refresh_listing(sorted({product_id for (product_id,) in rows}))
    return len(rows)
