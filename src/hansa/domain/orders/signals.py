"""Signals for extensions that run in our process. See docs/extending.md.

They are sent by the worker, from the event, after the order is committed: so a receiver never sees an order
that was rolled back, never delays a buyer, and runs again when it fails.
"""

from django.dispatch import Signal

order_placed = Signal()
"""Somebody has ordered, paid or not yet. Arguments: `order_id` (UUID), `event_id` (UUID), `occurred_at` (datetime)."""

order_paid = Signal()
"""An order is paid for. The same arguments."""
