"""SQL of orders that other statements are made with."""

FIRST_ORDER_SQL = """
    NOT EXISTS (
        SELECT FROM orders_order o
        WHERE o.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND o.email_key = %(customer_key)s AND o.status NOT IN ('payment_failed', 'cancelled')
    )
"""
"""True for a buyer whose orders have all come to nothing; `customer_key` is the address in small letters."""

WAITING_ORDER_SQL = """
    o.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND o.status = 'pending_payment'
"""
"""True for an order `o` of the tenant that waits for its payment, and holds stock."""
