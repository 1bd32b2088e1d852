"""Claim an idempotency key: the first statement of every checkout.

Note [One attempt]: the key's row is written in the transaction that places the order, so either both
exist or neither. A second request with the key waits for that transaction and then finds the row: done,
it gets the stored answer; in progress, it is told so. When the process of the first was killed, nobody
is working on the claim any more: after LEASE the next request with the key takes it over and goes on
where the first stopped, with the same payment id, so that the provider charges once.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from hansa.domain.checkout.errors import CheckoutInProgress, IdempotencyKeyReused
from hansa.domain.checkout.services.open_orders import one_by_one
from hansa.domain.checkout.types import CheckoutRequest
from hansa.kernel.addresses import subscriber_of
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import Question, Row

LEASE = timedelta(seconds=6 * settings.PAYMENT_TIMEOUT_SECONDS)
"""Longer than a provider may take to answer, and than the sweeper waits (payments' FIRST_CHECK)."""
KEPT = timedelta(hours=24)

_CLAIM = """
    INSERT INTO checkout_idempotencykey AS k (id, key, fingerprint, status, order_id, address, claimed_at, expires_at)
    VALUES (%(id)s, %(key)s, %(fingerprint)s, 'in_progress', %(order_id)s, %(address)s, %(now)s, %(expires_at)s)
    ON CONFLICT (tenant_id, key) DO UPDATE SET claimed_at = CASE
        WHEN k.status = 'in_progress' AND k.fingerprint = excluded.fingerprint AND k.claimed_at <= %(lapsed)s
        THEN excluded.claimed_at ELSE k.claimed_at END
    RETURNING order_id, fingerprint, status, outcome, response, claimed_at = %(now)s{one_by_one}
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of the claim."""

    order_id: UUID
    is_new: bool
    """Nobody has used the key before: `order_id` is the one that we chose."""
    outcome: str = ""
    """`placed` or `declined` when the attempt is over; empty when it is ours to go on with."""
    response: str = ""


def fingerprint_of(cart_id: UUID, body: Mapping[str, Any]) -> str:
    """Return the fingerprint of a request: of what it asks for, however its JSON was spelled."""
    canonical = json.dumps([str(cart_id), body], sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(canonical.encode(), digest_size=16).hexdigest()


def claim_question(request: CheckoutRequest, *, order_id: UUID, now: datetime) -> Question:
    """Return the statement that claims the request's key for the order."""
    return _CLAIM.replace("{one_by_one}", one_by_one(), 1), {
        "cart_id": request.cart_id,
        "address": subscriber_of(request.address),
        "id": uuid7(),
        "key": request.idempotency_key,
        "fingerprint": request.fingerprint,
        "order_id": order_id,
        "now": now,
        "lapsed": now - LEASE,
        "expires_at": now + KEPT,
    }


def read_claim(row: Row, *, fingerprint: str, order_id: UUID) -> Claim:
    """Return what became of the claim. Raises IdempotencyKeyReused and CheckoutInProgress."""
    claimed_id, claimed_fingerprint, status, outcome, response, is_ours = (value or "" for value in row[:6])
    if claimed_fingerprint != fingerprint:
        message = "This Idempotency-Key was used for another request. Use a new key for each attempt."
        raise IdempotencyKeyReused(message)
    found = UUID(claimed_id)
    if status == "done":
        return Claim(found, is_new=False, outcome=outcome, response=response)
    if found != order_id and is_ours != "t":
        message = "This checkout is still under way. Ask again with the same Idempotency-Key in a few seconds."
        raise CheckoutInProgress(message)
    return Claim(found, is_new=found == order_id)
