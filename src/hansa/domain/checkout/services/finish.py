"""Write the answer of a checkout into its idempotency key, and return it."""

from uuid import UUID

from hansa.kernel.postgresql.batches import ask_together, tell
from hansa.kernel.tokens import make_token

# One statement builds the order's document, keeps it for replays and returns it. An attempt that is
# done keeps its first answer.
_PLACED = """
    UPDATE checkout_idempotencykey SET
        status = 'done', outcome = 'placed', response = orders_document(order_id, %(token)s)
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND order_id = %(order_id)s AND status = 'in_progress'
    RETURNING response
"""
_DECLINED = """
    UPDATE checkout_idempotencykey SET status = 'done', outcome = 'declined', response = %(reason)s
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND order_id = %(order_id)s AND status = 'in_progress'
"""
_STORED = """
    SELECT response FROM checkout_idempotencykey
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND order_id = %(order_id)s AND status = 'done'
"""


def finish_placed(order_id: UUID) -> str:
    """Store the order's document as the attempt's answer, and return it; empty inside `together()`.

    Needs the caller's transaction.
    """
    rows = tell(_PLACED, {"order_id": order_id, "token": make_token("order", order_id)})
    return (rows[0][0] or "") if rows else ""


def stored_answer(order_id: UUID) -> str:
    """Return the answer that an attempt has got already, from whoever settled it first; else ''."""
    rows = ask_together([(_STORED, {"order_id": order_id})])[0]
    return (rows[0][0] or "") if rows else ""


def finish_declined(order_id: UUID, *, reason: str) -> None:
    """Store that the payment was declined, and why. Needs the caller's transaction."""
    tell(_DECLINED, {"order_id": order_id, "reason": reason})
