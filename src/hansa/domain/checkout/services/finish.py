"""Write the answer of a checkout into its idempotency key, and return it.

The answer holds the order's token, which opens the order to whoever has it. So the database keeps the answer
with a mark in its place, and the token is put in whenever the answer is given.
"""

import hashlib
from uuid import UUID

from hansa.kernel.postgresql.batches import ask_together, tell
from hansa.kernel.tokens import make_token

# One statement builds the order's document, keeps it for replays and returns it. An attempt that is
# done keeps its first answer.
_PLACED = """
    UPDATE checkout_idempotencykey SET
        status = 'done', outcome = 'placed', response = orders_document(order_id, %(mark)s)
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
    rows = tell(_PLACED, {"order_id": order_id, "mark": _mark(order_id)})
    return with_token(rows[0][0] or "", order_id) if rows else ""


def stored_answer(order_id: UUID) -> str:
    """Return the answer that an attempt has got already, from whoever settled it first; else ''."""
    rows = ask_together([(_STORED, {"order_id": order_id})])[0]
    return with_token(rows[0][0] or "", order_id) if rows else ""


def with_token(answer: str, order_id: UUID) -> str:
    """Return a kept answer as it is given, byte for byte the same each time."""
    return answer.replace(_mark(order_id), make_token("order", order_id))


def _mark(order_id: UUID) -> str:
    """Return what nobody can have written into the order: its id was not known then."""
    return hashlib.sha256(f"token of {order_id}".encode()).hexdigest()


def finish_declined(order_id: UUID, *, reason: str) -> None:
    """Store that the payment was declined, and why. Needs the caller's transaction."""
    tell(_DECLINED, {"order_id": order_id, "reason": reason})
