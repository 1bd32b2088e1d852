"""Do the books of one shop add up? The invariants of buying, in SQL of their own.

Each check is one SELECT that answers a sentence per violation. They share no SQL with the code that they
check. ALWAYS holds at any instant, SETTLED when nothing is under way any more (`quiet.py` waits for it).
The wall limits every table to the tenant that is entered; joins name the tenant for the planner.
"""

from django.db import connection

from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction

MAX_SHOWN = 12

# What an order has been paid with, and what its lines take from the shelves (a bundle takes its parts).
_PAID = """
    paid AS (
        SELECT o.id, o.number, o.status, o.total,
            o.status NOT IN ('pending_payment', 'payment_failed', 'cancelled') AS stands,
            coalesce(sum(e.amount) FILTER (WHERE e.kind = 'charge'), 0)
                - coalesce(sum(e.amount) FILTER (WHERE e.kind = 'charge_reversal'), 0) AS charged,
            coalesce(sum(e.amount) FILTER (WHERE e.kind = 'capture'), 0) AS captured,
            coalesce(sum(e.amount) FILTER (WHERE e.kind = 'refund'), 0)
                - coalesce(sum(e.amount) FILTER (WHERE e.kind = 'refund_reversal'), 0) AS refunded,
            coalesce(sum(e.amount) FILTER (WHERE e.kind = 'gift_card'), 0)
                - coalesce(sum(e.amount) FILTER (WHERE e.kind = 'gift_card_return'), 0) AS gifted
        FROM orders_order o LEFT JOIN payments_ledgerentry e ON e.tenant_id = o.tenant_id AND e.reference = o.id
        GROUP BY o.id, o.number, o.status, o.total
    )"""
_NEEDED = """
    needed AS (
        SELECT l.order_id, coalesce(c.component_id, l.variant_id) AS variant_id,
            sum(l.quantity * coalesce(c.quantity, 1)) AS quantity
        FROM orders_orderline l
        LEFT JOIN inventory_bundlecomponent c ON c.tenant_id = l.tenant_id AND c.bundle_id = l.variant_id
        JOIN catalog_variant v
            ON v.tenant_id = l.tenant_id AND v.id = coalesce(c.component_id, l.variant_id) AND v.is_stock_tracked
        GROUP BY 1, 2
    ), taken AS (
        SELECT r.reference AS order_id, s.variant_id, sum(r.quantity) AS quantity
        FROM inventory_reservation r JOIN inventory_stockitem s ON s.tenant_id = r.tenant_id AND s.id = r.stock_item_id
        WHERE r.state IN ('allocated', 'shipped') GROUP BY 1, 2
    )"""

ALWAYS = {
    "I1 counters are the sums of the ledger and of live reservations": """
        SELECT format('stock item %s: on hand %s (ledger %s), reserved %s (ledger %s, reservations %s)',
            s.id, s.on_hand, coalesce(m.on_hand, 0), s.reserved, coalesce(m.reserved, 0), coalesce(r.reserved, 0))
        FROM inventory_stockitem s
        LEFT JOIN (SELECT stock_item_id, sum(on_hand_delta) AS on_hand, sum(reserved_delta) AS reserved
            FROM inventory_stockmovement GROUP BY 1) m ON m.stock_item_id = s.id
        LEFT JOIN (SELECT stock_item_id, sum(quantity - shipped_quantity) AS reserved
            FROM inventory_reservation WHERE state IN ('held', 'allocated') GROUP BY 1) r ON r.stock_item_id = s.id
        WHERE s.on_hand <> coalesce(m.on_hand, 0) OR s.reserved <> coalesce(m.reserved, 0)
            OR s.reserved <> coalesce(r.reserved, 0)""",
    "I1 nothing is promised that is not there": """
        SELECT format('stock item %s: %s reserved of %s on hand, backorders %s', id, reserved, on_hand, backorder_limit)
        FROM inventory_stockitem WHERE reserved < 0 OR reserved > on_hand + backorder_limit""",
    "I2 a standing order holds exactly what its lines need": f"""
        WITH {_NEEDED}
        SELECT format('order %s is %s and holds %s of %s for variant %s',
            o.number, o.status, coalesce(t.quantity, 0), coalesce(n.quantity, 0), coalesce(n.variant_id, t.variant_id))
        FROM needed n FULL JOIN taken t ON t.order_id = n.order_id AND t.variant_id = n.variant_id
        JOIN orders_order o ON o.id = coalesce(n.order_id, t.order_id)
        WHERE o.status IN ('paid', 'partially_fulfilled', 'fulfilled', 'completed')
            AND coalesce(n.quantity, 0) <> coalesce(t.quantity, 0)""",
    "I2 an order that came to nothing holds nothing": """
        SELECT format('order %s is %s and still holds %s pieces (%s)', o.number, o.status, r.quantity, r.state)
        FROM inventory_reservation r JOIN orders_order o ON o.tenant_id = r.tenant_id AND o.id = r.reference
        WHERE o.status IN ('payment_failed', 'cancelled') AND r.state IN ('held', 'allocated')""",
    "I2 whatever is held is held for an order": """
        SELECT format('%s pieces are %s for %s, which is no order', r.quantity, r.state, r.reference)
        FROM inventory_reservation r LEFT JOIN orders_order o ON o.tenant_id = r.tenant_id AND o.id = r.reference
        WHERE o.id IS NULL""",
    "I3 a standing order is paid in full, once": f"""
        WITH {_PAID}
        SELECT format('order %s is %s: total %s, captured %s, gift cards %s', number, status, total, captured, gifted)
        FROM paid WHERE stands AND (captured + gifted <> total OR charged <> total AND refunded = 0)""",
    "I3 no order has two captured payments": """
        SELECT format('reference %s has %s captured payments', reference, count(*))
        FROM payments_payment WHERE status = 'captured' GROUP BY reference HAVING count(*) > 1""",
    "I3 every payment is for an order": """
        SELECT format('payment %s is for %s, which is no order', p.id, p.reference)
        FROM payments_payment p LEFT JOIN orders_order o ON o.tenant_id = p.tenant_id AND o.id = p.reference
        WHERE o.id IS NULL""",
    "I5 the ledger balances, and never sends back more than came": """
        SELECT format('payment %s of %s: captured %s, refunded %s', p.id, p.amount, e.captured, e.refunded)
        FROM payments_payment p JOIN (
            SELECT payment_id, coalesce(sum(amount) FILTER (WHERE kind = 'capture'), 0) AS captured,
                coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0)
                    - coalesce(sum(amount) FILTER (WHERE kind = 'refund_reversal'), 0) AS refunded
            FROM payments_ledgerentry WHERE payment_id IS NOT NULL GROUP BY 1
        ) e ON e.payment_id = p.id
        WHERE e.captured > p.amount OR e.refunded > e.captured OR (p.status = 'captured' AND e.captured <> p.amount)
        UNION ALL
        SELECT format('%s: accounts come to %s', currency, sum(amount)) FROM (
            SELECT currency, amount FROM payments_ledgerentry UNION ALL
            SELECT currency, -amount FROM payments_ledgerentry
        ) both_sides GROUP BY currency HAVING sum(amount) <> 0""",
    "I5 the ledger's captures and refunds are the payments' and the refunds'": """
        SELECT format('payment %s is captured, its ledger is empty', p.id)
        FROM payments_payment p WHERE p.status = 'captured' AND NOT EXISTS (
            SELECT FROM payments_ledgerentry e
            WHERE e.tenant_id = p.tenant_id AND e.payment_id = p.id AND e.kind = 'capture')
        UNION ALL
        SELECT format('refund %s of %s is %s, the ledger says %s', r.id, r.amount, r.status, coalesce(e.amount, 0))
        FROM payments_refund r LEFT JOIN (
            SELECT source, sum(CASE kind WHEN 'refund' THEN amount ELSE -amount END) AS amount
            FROM payments_ledgerentry WHERE kind IN ('refund', 'refund_reversal') GROUP BY 1
        ) e ON e.source = r.id::text
        WHERE coalesce(e.amount, 0) <> CASE r.status WHEN 'succeeded' THEN r.amount ELSE 0 END""",
    "I6 an order is the sum of its lines": """
        SELECT format('order %s: subtotal %s (lines %s), discount %s (lines %s), total %s (lines %s, shipping %s)',
            o.number, o.subtotal, l.subtotal, o.discount, l.discount, o.total, l.total, o.shipping)
        FROM orders_order o JOIN (
            SELECT order_id, sum(subtotal) AS subtotal, sum(discount) AS discount, sum(tax) AS tax, sum(total) AS total
            FROM orders_orderline GROUP BY 1
        ) l ON l.order_id = o.id
        WHERE o.subtotal <> l.subtotal OR o.discount <> l.discount OR o.tax < l.tax
            OR o.prices_include_tax AND o.total <> l.total + o.shipping
            OR NOT o.prices_include_tax AND o.total <> l.total + o.shipping + (o.tax - l.tax)
        UNION ALL
        SELECT format('order %s has no lines', o.number) FROM orders_order o
        WHERE NOT EXISTS (SELECT FROM orders_orderline l WHERE l.tenant_id = o.tenant_id AND l.order_id = o.id)""",
    "I6 order numbers have no gaps": """
        SELECT format('%s orders are numbered %s to %s, the counter is at %s',
            count(*), min(o.number), max(o.number), c.last)
        FROM orders_order o CROSS JOIN (SELECT max(last_number) AS last FROM orders_ordercounter) c
        GROUP BY c.last HAVING min(o.number) <> 1001 OR max(o.number) <> 1000 + count(*) OR max(o.number) <> c.last""",
    "I6 an order's timeline ends where the order is": """
        SELECT format('order %s is %s, its timeline says %s', o.number, o.status, t.statuses)
        FROM orders_order o JOIN (
            SELECT order_id, array_agg(status) FILTER (WHERE status <> '') AS statuses
            FROM orders_timelineentry GROUP BY 1
        ) t ON t.order_id = o.id
        WHERE NOT o.status = ANY (t.statuses)
            OR cardinality(t.statuses) <> (SELECT count(DISTINCT s) FROM unnest(t.statuses) s)""",
    "I7 one order per idempotency key, and one key per order": """
        SELECT format('key %s names order %s, which is not there', k.key, k.order_id)
        FROM checkout_idempotencykey k LEFT JOIN orders_order o ON o.tenant_id = k.tenant_id AND o.id = k.order_id
        WHERE o.id IS NULL
        UNION ALL
        SELECT format('order %s has %s keys', o.number, count(k.id))
        FROM orders_order o LEFT JOIN checkout_idempotencykey k ON k.tenant_id = o.tenant_id AND k.order_id = o.id
        GROUP BY o.number HAVING count(k.id) <> 1""",
    "I7 one cart, at most one order that stands or waits": """
        SELECT format('cart %s is %s (order %s), its orders are %s', c.id, c.status, c.order_id, o.statuses)
        FROM carts_cart c JOIN (
            SELECT cart_id, array_agg(id) FILTER (WHERE status NOT IN ('payment_failed', 'cancelled')) AS live,
                array_agg(number || ' ' || status) AS statuses
            FROM orders_order GROUP BY 1
        ) o ON o.cart_id = c.id
        WHERE cardinality(o.live) > 1 OR (c.status = 'ordered') <> (o.live IS NOT NULL)
            OR c.status = 'ordered' AND c.order_id <> o.live[1]""",
    "I8 an order is announced once, and so is its payment": """
        SELECT format('order %s is %s: announced %s times, as paid %s times', o.number, o.status, e.placed, e.paid)
        FROM orders_order o LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE name = 'order.placed') AS placed,
                count(*) FILTER (WHERE name = 'order.paid') AS paid
            FROM events_event e WHERE e.tenant_id = o.tenant_id AND e.aggregate_id = o.id
        ) e ON true
        WHERE e.placed <> 1 OR e.paid <> (EXISTS (
            SELECT FROM orders_timelineentry t
            WHERE t.tenant_id = o.tenant_id AND t.order_id = o.id AND t.status = 'paid'
        ))::int""",
    "I11 no promotion is used more often than it may be": """
        SELECT format('promotion %s: %s uses (history %s) of %s', p.name, p.uses, u.uses, p.usage_limit)
        FROM pricing_promotion p LEFT JOIN LATERAL (
            SELECT count(*) AS uses FROM pricing_promotionuse u
            WHERE u.tenant_id = p.tenant_id AND u.promotion_id = p.id AND u.released_at IS NULL
        ) u ON true
        WHERE p.usage_limit IS NOT NULL AND (p.uses <> u.uses OR u.uses > p.usage_limit)""",
    "I11 a promotion is used by orders that stand or wait, and by no other": """
        SELECT format('promotion use %s is %s, order %s is %s', u.id,
            CASE WHEN u.released_at IS NULL THEN 'live' ELSE 'released' END, o.number, o.status)
        FROM pricing_promotionuse u LEFT JOIN orders_order o ON o.tenant_id = u.tenant_id AND o.id = u.reference
        WHERE o.id IS NULL OR (u.released_at IS NULL) <> (o.status NOT IN ('payment_failed', 'cancelled'))""",
    "I11 a gift card's balance is the sum of its entries": """
        SELECT format('gift card %s: balance %s, entries %s', g.id, g.balance, e.total)
        FROM payments_giftcard g LEFT JOIN LATERAL (
            SELECT coalesce(sum(amount), 0) AS total FROM payments_giftcardentry e
            WHERE e.tenant_id = g.tenant_id AND e.gift_card_id = g.id
        ) e ON true WHERE g.balance < 0 OR g.balance <> e.total
        UNION ALL
        SELECT format('reference %s: gift cards gave %s, the ledger says %s',
            e.reference, e.total, coalesce(l.total, 0))
        FROM (SELECT reference, -sum(amount) AS total FROM payments_giftcardentry WHERE kind <> 'issue' GROUP BY 1) e
        LEFT JOIN (
            SELECT reference, sum(CASE kind WHEN 'gift_card' THEN amount ELSE -amount END) AS total
            FROM payments_ledgerentry WHERE kind IN ('gift_card', 'gift_card_return') GROUP BY 1
        ) l ON l.reference = e.reference
        WHERE e.total <> coalesce(l.total, 0)""",
}
"""What holds at any instant."""

SETTLED = {
    "I3 an order that came to nothing has nobody's money": f"""
        WITH {_PAID}
        SELECT format('order %s is %s: charged %s, captured %s, refunded %s, gift cards %s',
            number, status, charged, captured, refunded, gifted)
        FROM paid WHERE status IN ('payment_failed', 'cancelled')
            AND (captured <> refunded OR gifted <> 0 OR charged <> 0)""",
    "I4 the provider's books are ours: charges": """
        SELECT format('payment %s: the provider took %s, we know of %s (%s)', coalesce(c.id, e.payment_id),
            coalesce(c.captured_amount, 0), coalesce(e.amount, 0), coalesce(p.status, 'no payment'))
        FROM manual_manualcharge c FULL JOIN (
            SELECT e.payment_id, sum(e.amount) AS amount FROM payments_ledgerentry e
            WHERE e.kind = 'capture' AND e.debit = 'provider:manual' GROUP BY 1
        ) e ON e.payment_id = c.id
        LEFT JOIN payments_payment p ON p.id = coalesce(c.id, e.payment_id)
        WHERE coalesce(c.captured_amount, 0) <> coalesce(e.amount, 0)""",
    "I4 the provider's books are ours: refunds": """
        SELECT format('charge %s: the provider sent back %s, we know of %s', coalesce(t.id, e.payment_id),
            coalesce(t.amount, 0), coalesce(e.amount, 0))
        FROM (SELECT charge_id AS id, sum(amount) AS amount
            FROM manual_manualtransfer WHERE kind = 'refund' GROUP BY 1) t
        FULL JOIN (
            SELECT payment_id, sum(CASE kind WHEN 'refund' THEN amount ELSE -amount END) AS amount
            FROM payments_ledgerentry
            WHERE 'provider:manual' IN (debit, credit) AND kind IN ('refund', 'refund_reversal')
            GROUP BY 1
        ) e ON e.payment_id = t.id
        WHERE coalesce(t.amount, 0) <> coalesce(e.amount, 0)""",
    "I4 the provider holds no money for an order that came to nothing": """
        SELECT format('charge %s is %s, order %s is %s', c.id, c.state, o.number, o.status)
        FROM manual_manualcharge c
        JOIN payments_payment p ON p.tenant_id = c.tenant_id AND p.id = c.id
        JOIN orders_order o ON o.tenant_id = p.tenant_id AND o.id = p.reference
        WHERE o.status IN ('payment_failed', 'cancelled') AND c.state IN ('held', 'waiting')""",
    "I13 no order waits for payment": """
        SELECT format('order %s of %s is pending_payment, its payment %s',
            o.number, o.placed_at, coalesce(p.status, 'missing'))
        FROM orders_order o LEFT JOIN payments_payment p ON p.tenant_id = o.tenant_id AND p.reference = o.id
        WHERE o.status = 'pending_payment' AND coalesce(p.status, '') <> 'authorised'""",
    "I13 no payment or refund is open": """
        SELECT format('payment %s is %s, next check %s', id, status, next_check_at) FROM payments_payment
        WHERE status IN ('created', 'pending') OR next_check_at IS NOT NULL
        UNION ALL SELECT format('refund %s is created, next check %s', id, next_check_at) FROM payments_refund
        WHERE status = 'created' OR next_check_at IS NOT NULL""",
    "I13 nothing is held": """
        SELECT format('%s pieces are held for %s until %s', r.quantity, r.reference, r.expires_at)
        FROM inventory_reservation r WHERE r.state = 'held' AND NOT EXISTS (
            SELECT FROM payments_payment p
            WHERE p.tenant_id = r.tenant_id AND p.reference = r.reference AND p.status = 'authorised')""",
    "I13 no attempt is under way": """
        SELECT format('key %s is in progress since %s', key, claimed_at)
        FROM checkout_idempotencykey WHERE status <> 'done'
        UNION ALL SELECT format('key %s has an empty answer', key) FROM checkout_idempotencykey WHERE response = ''""",
    "I13 no event waits or was given up": """
        SELECT format('event %s of %s is %s after %s attempts: %s', name, aggregate_id, status, attempts, last_error)
        FROM events_event WHERE status <> 'done'""",
    "I13 the catalogue shows what is free": """
        SELECT format('variant %s shows %s, free are %s', v.id, v.stock_quantity, f.free)
        FROM catalog_variant v JOIN (
            SELECT variant_id, sum(on_hand - reserved) AS free FROM inventory_stockitem GROUP BY 1
        ) f ON f.variant_id = v.id
        WHERE v.is_stock_tracked AND v.stock_quantity <> f.free
            AND NOT EXISTS (SELECT FROM inventory_bundlecomponent c
                WHERE c.tenant_id = v.tenant_id AND c.bundle_id = v.id)
        UNION ALL SELECT format('%s changes are not published', count(*))
        FROM inventory_stockchange HAVING count(*) > 0""",
}
"""What holds when nothing is under way."""

_IDLE = """
    SELECT format('connection %s is idle in a transaction for %s: %s', pid, now() - state_change, left(query, 80))
    FROM pg_stat_activity
    WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND now() - state_change > '5 s'
"""


def violations(tenant: TenantContext, *, settled: bool = True) -> list[str]:
    """Return what does not add up in the tenant's books, a sentence each; `settled`: nothing is under way."""
    found = []
    with tenant_scope(tenant), transaction(), connection.cursor() as cursor:
        for name, question in (ALWAYS | (SETTLED if settled else {})).items():
            cursor.execute(question)
            rows = [row[0] for row in cursor.fetchall()]
            found += [f"{name}: {row}" for row in rows[:MAX_SHOWN]]
            if len(rows) > MAX_SHOWN:
                found.append(f"{name}: … and {len(rows) - MAX_SHOWN} more")
        if settled:
            cursor.execute(_IDLE)
            found += [f"I13 nobody sleeps in a transaction: {row[0]}" for row in cursor.fetchall()]
    return found


def check_books(tenant: TenantContext, *, settled: bool = True) -> None:
    """Fail with every violation by name."""
    found = violations(tenant, settled=settled)
    assert not found, f"the books of {tenant.slug} do not add up:\n" + "\n".join(found)
