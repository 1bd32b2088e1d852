"""Checkout: from a cart to a paid order, or to exactly where we were before.

The one place that conducts orders, carts, payments, stock and promotions. Read
`services/complete.py` first; `services/settle.py` is its second half and also where callbacks and the
sweeper end.

Words: an *idempotency key* names one attempt to pay, whatever becomes of the connection; to *settle* is
to draw the consequences of what a payment provider said.
"""
