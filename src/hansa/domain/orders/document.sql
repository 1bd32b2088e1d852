-- An order as the storefront answers it: one function for the checkout's answer, for its replays and
-- for GET /orders/{id}, so that they cannot differ. It reads under the caller's wall.

CREATE FUNCTION orders_money(amount bigint, currency text) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT jsonb_build_object('amount', amount, 'currency', currency) $$;

CREATE FUNCTION orders_instant(moment timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

CREATE FUNCTION orders_document(wanted uuid, token text) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'id', o.id,
        'number', o.number::text,
        'status', o.status,
        'token', token,
        'cart_id', o.cart_id,
        'email', o.email,
        'currency', o.currency,
        'placed_at', orders_instant(o.placed_at),
        'shipping_address', o.shipping_address,
        'billing_address', o.billing_address,
        'shipping_method', o.shipping_method,
        'prices_include_tax', o.prices_include_tax,
        'totals', jsonb_build_object(
            'subtotal', orders_money(o.subtotal, o.currency),
            'discount', orders_money(o.discount, o.currency),
            'shipping', orders_money(o.shipping, o.currency),
            'tax', orders_money(o.tax, o.currency),
            'total', orders_money(o.total, o.currency)
        ),
        'explanation', o.explanation,
        'lines', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'id', l.id, 'variant_id', l.variant_id, 'product_id', l.product_id, 'name', l.name, 'slug', l.slug,
                'sku', l.sku, 'options', l.options, 'image', l.image, 'quantity', l.quantity,
                'unit_price', orders_money(l.unit_price, o.currency),
                'subtotal', orders_money(l.subtotal, o.currency),
                'discount', orders_money(l.discount, o.currency),
                'tax', orders_money(l.tax, o.currency),
                'total', orders_money(l.total, o.currency)
            ) ORDER BY l.position)
            FROM orders_orderline l WHERE l.tenant_id = o.tenant_id AND l.order_id = o.id
        ), '[]'),
        'payment', coalesce((
            SELECT jsonb_build_object(
                'id', p.id, 'provider', p.provider, 'method', p.method, 'status', p.status,
                'amount', orders_money(p.amount, p.currency), 'next_action', p.next_action
            )
            FROM payments_payment p WHERE p.tenant_id = o.tenant_id AND p.reference = o.id
            ORDER BY p.created_at DESC, p.id DESC LIMIT 1
        ), jsonb_build_object(
            'id', NULL, 'provider', NULL, 'method', NULL, 'status', 'not_needed',
            'amount', orders_money(0, o.currency), 'next_action', NULL
        )),
        'paid', orders_money(coalesce((
            SELECT sum(CASE WHEN e.kind IN ('capture', 'gift_card', 'refund_reversal') THEN e.amount
                WHEN e.kind IN ('refund', 'gift_card_return') THEN -e.amount END)::bigint
            FROM payments_ledgerentry e WHERE e.tenant_id = o.tenant_id AND e.reference = o.id
        ), 0), o.currency),
        'timeline', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'kind', t.kind, 'status', nullif(t.status, ''), 'actor', CASE WHEN t.actor LIKE '%@%' THEN 'staff' ELSE t.actor END, 'message', t.message,
                'created_at', orders_instant(t.created_at)
            ) ORDER BY t.created_at, t.id)
            FROM orders_timelineentry t WHERE t.tenant_id = o.tenant_id AND t.order_id = o.id
        ), '[]')
    )::text
    FROM orders_order o
    WHERE o.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND o.id = wanted
$$;
