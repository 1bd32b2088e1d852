"""Take the person out of their orders; what was sold, paid and taxed stays."""

from uuid import UUID

from hansa.domain.accounts.types import nobodys_address
from hansa.kernel.postgresql.batches import tell
from hansa.kernel.transactions import transaction

# Where it went, as far as a tax depends on it, is not who it was.
_ANONYMISE = """
    UPDATE orders_order SET
        customer_id = %(customer_id)s, email = %(nobody)s, email_key = %(nobody)s, language = '',
        shipping_address = CASE WHEN shipping_address IS NOT NULL THEN jsonb_build_object(
            'first_name', '', 'last_name', '', 'line1', '', 'city', '', 'company', '', 'line2', '', 'phone', '',
            'country', shipping_address -> 'country', 'region', shipping_address -> 'region',
            'postal_code', shipping_address -> 'postal_code') END,
        billing_address = CASE WHEN billing_address IS NOT NULL THEN jsonb_build_object(
            'first_name', '', 'last_name', '', 'line1', '', 'city', '', 'company', '', 'line2', '', 'phone', '',
            'country', billing_address -> 'country', 'region', billing_address -> 'region',
            'postal_code', billing_address -> 'postal_code') END
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND (customer_id = %(customer_id)s OR (customer_id IS NULL AND email_key = %(email)s))
        AND status NOT IN ('pending_payment', 'paid', 'partially_fulfilled')
        AND (status <> 'partially_refunded' OR EXISTS (
            SELECT FROM orders_timelineentry t
            WHERE t.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
                AND t.order_id = orders_order.id AND t.status IN ('fulfilled', 'completed')))
"""
_NOTE = """
    UPDATE orders_order SET customer_id = %(customer_id)s
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND customer_id IS NULL AND email_key = %(email)s
"""


def anonymise_orders(*, customer_id: UUID, email: str = "") -> None:
    """Anonymise the customer's orders, and those that they placed with `email` as a guest.

    An order that is still to be sent keeps its address until it is (`orders/handlers.py`).
    """
    values = {"customer_id": customer_id, "email": email.lower(), "nobody": nobodys_address(customer_id)}
    with transaction():
        tell(_ANONYMISE, values)
        tell(_NOTE, {"customer_id": customer_id, "email": email.lower()})
