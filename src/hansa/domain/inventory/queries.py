"""SQL of the inventory's reads."""

RECONCILE = """
    WITH moved AS (
        SELECT m.stock_item_id, sum(m.on_hand_delta) AS on_hand, sum(m.reserved_delta) AS reserved
        FROM inventory_stockmovement m
        WHERE m.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        GROUP BY m.stock_item_id
    ),
    live AS (
        SELECT r.stock_item_id, sum(r.quantity - r.shipped_quantity) AS reserved
        FROM inventory_reservation r
        WHERE r.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND r.state IN ('held', 'allocated')
        GROUP BY r.stock_item_id
    )
    SELECT * FROM (
        SELECT s.id, s.variant_id, v.sku, w.code, s.on_hand, coalesce(m.on_hand, 0)::bigint, s.reserved,
            coalesce(m.reserved, 0)::bigint, coalesce(l.reserved, 0)::bigint
        FROM inventory_stockitem s
        JOIN catalog_variant v ON v.tenant_id = s.tenant_id AND v.id = s.variant_id
        JOIN inventory_warehouse w ON w.tenant_id = s.tenant_id AND w.id = s.warehouse_id
        LEFT JOIN moved m ON m.stock_item_id = s.id
        LEFT JOIN live l ON l.stock_item_id = s.id
        WHERE s.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
    ) c (stock_item_id, variant_id, sku, warehouse, on_hand, on_hand_by_ledger, reserved, reserved_by_ledger,
        reserved_by_reservations)
    WHERE on_hand <> on_hand_by_ledger OR reserved <> reserved_by_ledger OR reserved <> reserved_by_reservations
    ORDER BY stock_item_id
"""

FREE = """
    WITH part AS (
        SELECT u.id AS asked_id, c.component_id AS variant_id, c.quantity, true AS is_bundle
        FROM unnest(%(variants)s::uuid[]) u (id)
        JOIN inventory_bundlecomponent c
            ON c.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND c.bundle_id = u.id
        UNION ALL
        SELECT u.id, u.id, 1, false FROM unnest(%(variants)s::uuid[]) u (id)
        WHERE NOT EXISTS (
            SELECT FROM inventory_bundlecomponent c
            WHERE c.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND c.bundle_id = u.id
        )
    )
    SELECT p.asked_id, bool_or(p.is_bundle),
        -- Backorders of a part are stock to its bundles.
        min(floor(coalesce(CASE WHEN p.is_bundle THEN f.room ELSE f.free END, 0)::numeric / p.quantity)) FILTER (
            WHERE NOT p.is_bundle AND v.is_stock_tracked
                -- A part that is not counted, or sells without limit, limits no bundle; a lost one allows none.
                OR p.is_bundle
                    AND (v.id IS NULL OR v.is_stock_tracked AND (NOT v.sells_when_out_of_stock OR f.is_limited))
        )::bigint,
        max(f.backorders) FILTER (WHERE NOT p.is_bundle AND f.is_limited)::bigint
    FROM part p
    LEFT JOIN catalog_variant v
        ON v.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND v.id = p.variant_id
    LEFT JOIN LATERAL (
        SELECT sum(s.on_hand - s.reserved) AS free, sum(s.on_hand - s.reserved + s.backorder_limit) AS room,
            coalesce(bool_and(s.backorder_maximum IS NOT NULL), false) AS is_limited,
            sum(greatest(s.backorder_maximum, s.reserved - s.on_hand)) AS backorders
        FROM inventory_stockitem s
        JOIN inventory_warehouse w ON w.tenant_id = s.tenant_id AND w.id = s.warehouse_id AND w.is_active
        WHERE s.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND s.variant_id = p.variant_id
    ) f ON true
    WHERE p.is_bundle OR v.id IS NOT NULL
    GROUP BY p.asked_id
"""
"""Per variant: is it a bundle, how many are free (NULL: nothing limits it), how many may be backordered (NULL: any).

The last is what was agreed, also while the variant does not sell when it is out of stock: it counts as soon as it does.
"""


FREE_OF_LINE = """(
    SELECT sum(s.on_hand - s.reserved + s.backorder_limit)
    FROM inventory_stockitem s
    JOIN inventory_warehouse w ON w.tenant_id = s.tenant_id AND w.id = s.warehouse_id AND w.is_active
    JOIN catalog_variant v ON v.tenant_id = s.tenant_id AND v.id = s.variant_id AND v.is_stock_tracked
    WHERE s.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND s.variant_id = l.variant_id
        AND NOT EXISTS (
            SELECT FROM inventory_bundlecomponent c WHERE c.tenant_id = s.tenant_id AND c.bundle_id = l.variant_id
        )
)"""
"""How many pieces of `l.variant_id` can be reserved at this moment; NULL where that takes more to find out.

Nothing is locked, so a "no" is final and a "yes" is not: only `reserve` decides.
"""
