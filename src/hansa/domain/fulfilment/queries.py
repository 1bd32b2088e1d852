"""The SQL that brings the shipping methods of an address, for `ask` or `ask_together`, and what its rows mean."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from hansa.domain.fulfilment.types import Method, MethodKind, Pickup
from hansa.domain.pricing.queries import normal_postal_code

type Question = tuple[str, dict[str, Any]]
type Rows = Sequence[tuple[str | None, ...]]

_TENANT = "(SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)"


def methods_sql(*, country: str, postal_code: str = "") -> Question:
    """Return the statement that reads the methods of the zone that an address is in; see `read_methods`.

    `country` is ISO 3166-1 alpha-2. The zone is the first by position whose countries hold it, or are
    empty, and whose postal ranges hold the postal code, or are empty.
    """
    return _METHODS_SQL, {"country": country.strip().upper(), "postal_code": normal_postal_code(postal_code)}


_METHODS_SQL = f"""
    SELECT json_build_object(
        'id', m.id, 'name', m.name, 'kind', m.kind, 'currency', m.currency, 'amount', m.amount, 'tiers', m.tiers,
        'free_from_amount', m.free_from_amount,
        'min_weight_grams', m.min_weight_grams, 'max_weight_grams', m.max_weight_grams,
        'tax_class', coalesce(c.code, ''),
        'pickup_points', CASE WHEN m.kind = 'pickup' THEN (
            SELECT json_agg(json_build_object(
                'id', k.id, 'name', k.name, 'address', k.address, 'opening_hours', k.opening_hours,
                'latitude_microdegrees', k.latitude_microdegrees, 'longitude_microdegrees', k.longitude_microdegrees
            ) ORDER BY k.position, k.id)
            FROM fulfilment_pickuppoint k WHERE k.tenant_id = m.tenant_id AND k.method_id = m.id) END
    )
    FROM fulfilment_shippingmethod m
    LEFT JOIN pricing_taxclass c ON c.tenant_id = m.tenant_id AND c.id = m.tax_class_id
    WHERE m.tenant_id = {_TENANT} AND m.is_active AND m.archived_at IS NULL AND m.zone_id = (
        SELECT z.id FROM fulfilment_shippingzone z
        WHERE z.tenant_id = {_TENANT} AND z.archived_at IS NULL
            AND (z.countries = '{{}}' OR %(country)s = ANY (z.countries))
            AND (z.postal_ranges = '[]' OR EXISTS (
                SELECT FROM jsonb_array_elements(z.postal_ranges) AS span (ends)
                WHERE length(%(postal_code)s) >= length(span.ends ->> 0)
                    AND left(%(postal_code)s, length(span.ends ->> 0)) COLLATE "C"
                        BETWEEN (span.ends ->> 0) AND (span.ends ->> 1)))
        ORDER BY z.position, z.id LIMIT 1)
    ORDER BY m.position, m.id
"""  # noqa: S608  (only our own constants; values are bound)


def read_methods(rows: Rows) -> tuple[Method, ...]:
    """Return the methods in the order in which the shop offers them."""
    return tuple(_method(json.loads(row[0] or "")) for row in rows)


def _method(row: dict[str, Any]) -> Method:
    points = tuple(Pickup(**point | {"id": UUID(point["id"])}) for point in row.pop("pickup_points") or ())
    tiers = tuple((start, amount) for start, amount in row.pop("tiers"))
    row |= {"id": UUID(row["id"]), "kind": MethodKind(row["kind"])}
    return Method(**row, tiers=tiers, pickup_points=points)
