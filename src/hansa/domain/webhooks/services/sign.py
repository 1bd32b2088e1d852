"""What is said to an endpoint, and how it is signed (Standard Webhooks 1.0.0)."""

import json
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from hansa.domain.webhooks.models import Delivery, Endpoint
from hansa.domain.webhooks.services.endpoints import SEAL
from hansa.kernel.sealing import unseal


def message_id(delivery: Delivery) -> str:
    """Return the id by which a receiver knows a repetition: the event's."""
    return str(delivery.event_id or delivery.pk)


def body_of(delivery: Delivery) -> str:
    """Return what is sent: the same text each time."""
    event = delivery.event
    said: dict[str, Any] = {
        "type": delivery.event_name,
        "timestamp": _written(event.occurred_at if event else delivery.created_at),
        "data": event.payload if event else {"webhook_id": str(delivery.endpoint_id)},
        "id": message_id(delivery),
        "sequence": event.sequence if event else None,
        "aggregate_id": str(event.aggregate_id if event else delivery.endpoint_id),
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def headers_of(delivery: Delivery, body: str, *, now: datetime) -> dict[str, str]:
    """Return the headers of an attempt made now; while a secret is being replaced, both have signed."""
    identifier = message_id(delivery)
    signatures = [Webhook(secret).sign(identifier, now, body) for secret in _secrets(delivery.endpoint, now)]
    return {
        "content-type": "application/json",
        "webhook-id": identifier,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _secrets(endpoint: Endpoint, now: datetime) -> list[str]:
    sealed = [endpoint.secret_sealed]
    if endpoint.old_secret_sealed and endpoint.old_secret_until and endpoint.old_secret_until > now:
        sealed.append(endpoint.old_secret_sealed)
    return [unseal(one, purpose=SEAL) for one in sealed]


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
