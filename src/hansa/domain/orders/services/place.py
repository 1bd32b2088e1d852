"""Place an order: its row, its lines and the first entry of its timeline, in one statement."""

from dataclasses import asdict
from datetime import datetime

from hansa.domain.orders.types import OrderDraft
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import tell
from hansa.kernel.postgresql.statements import Json

# The number comes from one row per tenant, which stays locked until the commit: so this runs as late
# as it can, and an order that is rolled back gives its number back.
_ORDER = """
    WITH counter AS (
        INSERT INTO orders_ordercounter AS c (id, last_number) VALUES (%(counter_id)s, 1001)
        ON CONFLICT (tenant_id) DO UPDATE SET last_number = c.last_number + 1
        RETURNING last_number
    ), placed AS (
        INSERT INTO orders_order (
            id, number, cart_id, customer_id, status, currency, email, email_key, language, shipping_address,
            billing_address,
            shipping_method, subtotal, discount, shipping, tax, total, prices_include_tax, explanation, placed_at
        )
        SELECT
            %(id)s, counter.last_number, %(cart_id)s, %(customer_id)s, 'pending_payment', %(currency)s, %(email)s,
            %(email_key)s, %(language)s,
            %(shipping_address)s::jsonb, %(billing_address)s::jsonb, %(shipping_method)s::jsonb, %(subtotal)s,
            %(discount)s, %(shipping)s, %(tax)s, %(total)s, %(prices_include_tax)s, %(explanation)s::jsonb, %(now)s
        FROM counter
        RETURNING id
    ), sold AS (
        INSERT INTO orders_orderline (
            id, order_id, position, variant_id, product_id, name, slug, sku, options, image, quantity,
            unit_price, subtotal, discount, tax, total, taxes
        )
        SELECT
            l.id, placed.id, l.position, l.variant_id, l.product_id, l.name, l.slug, l.sku, l.options, l.image,
            l.quantity, l.unit_price, l.subtotal, l.discount, l.tax, l.total, l.taxes
        FROM placed CROSS JOIN jsonb_to_recordset(%(lines)s::jsonb) AS l (
            id uuid, position integer, variant_id uuid, product_id uuid, name text, slug text, sku text, options jsonb,
            image jsonb, quantity integer, unit_price bigint, subtotal bigint, discount bigint, tax bigint,
            total bigint, taxes jsonb
        )
    )
    INSERT INTO orders_timelineentry (id, order_id, kind, actor, status, message, data, created_at)
    SELECT %(entry_id)s, placed.id, 'placed', %(actor)s, 'pending_payment', 'Order placed', '{}', %(now)s FROM placed
"""


def place_order(draft: OrderDraft, *, actor: str, now: datetime) -> None:
    """Write the order as `pending_payment`, with the next number of the tenant.

    Needs the caller's transaction and joins its `together()` block. Locks the tenant's order counter
    until the commit.
    """
    tell(
        _ORDER,
        {
            "counter_id": uuid7(),
            "entry_id": uuid7(),
            "id": draft.id,
            "cart_id": draft.cart_id,
            "customer_id": draft.customer_id,
            "currency": draft.currency,
            "email": draft.email,
            "email_key": draft.email.lower(),
            "language": draft.language,
            "shipping_address": Json(draft.shipping_address),
            "billing_address": Json(draft.billing_address),
            "shipping_method": Json(draft.shipping_method),
            "subtotal": draft.subtotal,
            "discount": draft.discount,
            "shipping": draft.shipping,
            "tax": draft.tax,
            "total": draft.total,
            "prices_include_tax": draft.prices_include_tax,
            "explanation": Json(draft.explanation),
            "lines": Json(
                [{"id": uuid7(), "position": place, **asdict(line)} for place, line in enumerate(draft.lines, start=1)]
            ),
            "actor": actor,
            "now": now,
        },
    )
