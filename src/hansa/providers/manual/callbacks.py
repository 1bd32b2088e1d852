"""Callbacks of the provider without a bank: signed with the installation's own key."""

import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.crypto import salted_hmac

from hansa.domain.payments.errors import InvalidCallback, MalformedCallback
from hansa.domain.payments.types import EventKind, ProviderEvent, RefundFact, RefundOutcome, SignedMessage
from hansa.kernel.tenancy import get_current_tenant

HEADER = "hansa-manual-signature"
TOLERANCE_SECONDS = 300
_SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def sign(facts: Mapping[str, Any], *, now: datetime) -> SignedMessage:
    """Return the callback that tells these facts, signed for the current tenant at this instant."""
    body = json.dumps(facts, default=str).encode()
    stamp = int(now.timestamp())
    return SignedMessage(body=body, headers={HEADER: f"t={stamp},v1={_signature(stamp, body)}"})


def read(body: bytes, headers: Mapping[str, str], *, now: datetime) -> ProviderEvent:
    """Return what a callback tells. Raises InvalidCallback, MalformedCallback."""
    signature = _SIGNATURE.fullmatch(headers.get(HEADER, ""))
    if signature is None or not hmac.compare_digest(signature[2], _signature(int(signature[1]), body)):
        message = "The callback is not signed by the provider."
        raise InvalidCallback(message)
    if abs(now.timestamp() - int(signature[1])) > TOLERANCE_SECONDS:
        message = f"The callback is older than {TOLERANCE_SECONDS} seconds, or our clocks differ."
        raise InvalidCallback(message)
    try:
        return _event(json.loads(body))
    except (ValueError, KeyError, TypeError) as error:
        message = "The callback is not what the provider sends."
        raise MalformedCallback(message) from error


def _event(facts: Mapping[str, Any]) -> ProviderEvent:
    refunds = tuple(
        RefundFact(
            provider_reference=refund["reference"],
            amount=int(refund["amount"]),
            outcome=RefundOutcome(refund.get("outcome", "succeeded")),
            refund_id=UUID(refund["refund_id"]) if refund.get("refund_id") else None,
        )
        for refund in facts.get("refunds", [])
    )
    kinds = set(EventKind)
    return ProviderEvent(
        event_id=str(facts["id"]),
        kind=EventKind(facts["type"]) if facts["type"] in kinds else EventKind.OTHER,
        raw_kind=str(facts["type"]),
        provider_reference=str(facts.get("reference", "")),
        payment_id=UUID(facts["payment_id"]),
        amount=facts.get("amount"),
        currency=facts.get("currency"),
        occurred_at=datetime.fromisoformat(facts["occurred_at"]),
        refunds=refunds,
        decline_code=str(facts.get("decline_code", "")),
        message=str(facts.get("message", "")),
    )


def _signature(stamp: int, body: bytes) -> str:
    signed = b"%s.%d.%s" % (str(get_current_tenant().id).encode(), stamp, body)
    return salted_hmac("hansa.providers.manual", signed, algorithm="sha256").hexdigest()
