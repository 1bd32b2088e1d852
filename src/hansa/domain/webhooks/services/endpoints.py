"""Make, change, rotate and delete endpoints."""

import base64
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hansa.domain.webhooks.errors import EndpointNotFound, InvalidEndpoint, TooManyEndpoints
from hansa.domain.webhooks.models import MAX_CONCURRENCY, Endpoint
from hansa.domain.webhooks.services.stop import give_up_deliveries, stop_deliveries
from hansa.kernel.errors import FieldError
from hansa.kernel.outbound.client import check_address
from hansa.kernel.outbound.rules import AddressRefused
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.sealing import seal
from hansa.kernel.transactions import requires_transaction, transaction

MAX_ENDPOINTS = 100
MAX_FILTERS = 50
MAX_OVERLAP = timedelta(days=7)
SEAL = "webhooks"
_SECRET_BYTES = 32
_FILTER = re.compile(r"(\*|[a-z][a-z_]*(\.[a-z_]+)*(\.\*)?)\Z")


@dataclass(frozen=True, slots=True)
class MadeEndpoint:
    """An endpoint, and its secret for the only time."""

    row: Endpoint
    secret: str


def create_endpoint(*, url: str, filters: Sequence[str], description: str = "", concurrency: int = 2) -> MadeEndpoint:
    """Make an endpoint, which hears of events from now on; its secret is never shown again.

    Raises InvalidEndpoint, AddressRefused, TooManyEndpoints.
    """
    secret = _make_secret()
    with transaction():
        if Endpoint.objects.count() >= MAX_ENDPOINTS:
            message = f"A shop can have {MAX_ENDPOINTS} webhooks. Delete one that is not needed any more."
            raise TooManyEndpoints(message)
        endpoint = Endpoint(
            url=url.strip(),
            filters=list(filters),
            description=description,
            concurrency=concurrency,
            secret_sealed=seal(secret, purpose=SEAL),
        )
        _check(endpoint)
        endpoint.save()
    return MadeEndpoint(endpoint, secret)


def update_endpoint(*, endpoint_id: UUID, now: datetime, **changes: Any) -> Endpoint:  # noqa: ANN401  (columns)
    """Change `url`, `filters`, `description`, `concurrency` or `is_enabled`; enabling forgets past failures.

    What happened while it was disabled is not sent by itself: replay it. Raises EndpointNotFound,
    InvalidEndpoint, AddressRefused. Locks the endpoint.
    """
    with transaction():
        endpoint = lock_endpoint(endpoint_id)
        was_enabled = endpoint.is_enabled
        for name, value in changes.items():
            setattr(endpoint, name, value)
        endpoint.url = endpoint.url.strip()
        _check(endpoint)
        if endpoint.is_enabled and not was_enabled:
            give_up_deliveries(endpoint)  # of an event that happened just when it was disabled
            endpoint.disabled_reason = ""
            endpoint.failures, endpoint.failing_since, endpoint.paused_until = 0, None, None
        elif was_enabled and not endpoint.is_enabled:
            stop_deliveries(endpoint, reason=Endpoint.DisabledReason.BY_STAFF)
        endpoint.wake_at = now
        endpoint.save()
        wake_workers()
    return endpoint


def rotate_secret(*, endpoint_id: UUID, overlap: timedelta, now: datetime) -> MadeEndpoint:
    """Give an endpoint a new secret; for `overlap` the old one signs as well, so that receivers can change over.

    Raises EndpointNotFound, InvalidEndpoint. Locks the endpoint.
    """
    if not timedelta(0) <= overlap <= MAX_OVERLAP:
        message = f"The old secret can sign for {MAX_OVERLAP.days} days more at most."
        raise InvalidEndpoint(message, errors=(FieldError("overlap_seconds", "invalid", message),))
    secret = _make_secret()
    with transaction():
        endpoint = lock_endpoint(endpoint_id)
        endpoint.old_secret_sealed = endpoint.secret_sealed if overlap else ""
        endpoint.old_secret_until = now + overlap if overlap else None
        endpoint.secret_sealed = seal(secret, purpose=SEAL)
        endpoint.save()
    return MadeEndpoint(endpoint, secret)


def delete_endpoint(*, endpoint_id: UUID) -> None:
    """Delete an endpoint with its log of deliveries. Raises EndpointNotFound. Locks the endpoint."""
    with transaction():
        lock_endpoint(endpoint_id).delete()


@requires_transaction
def lock_endpoint(endpoint_id: UUID) -> Endpoint:
    """Return the endpoint, locked. Raises EndpointNotFound."""
    endpoint = Endpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    if endpoint is None:
        message = "There is no such webhook in this shop."
        raise EndpointNotFound(message)
    return endpoint


def _check(endpoint: Endpoint) -> None:
    try:
        check_address(endpoint.url)
    except AddressRefused as refused:
        raise AddressRefused(
            refused.message, errors=(FieldError("url", "address_not_allowed", refused.message),)
        ) from None
    _refuse_unless(
        0 < len(endpoint.filters) <= MAX_FILTERS and all(_FILTER.match(one) for one in endpoint.filters),
        "filters",
        "Name the events: order.paid, order.* for all that begin so, or * for all.",
    )
    _refuse_unless(
        1 <= endpoint.concurrency <= MAX_CONCURRENCY,
        "concurrency",
        f"Between 1 and {MAX_CONCURRENCY} at the same time.",
    )


def _refuse_unless(is_fine: bool, field: str, message: str) -> None:  # noqa: FBT001  (it is the whole point)
    if not is_fine:
        raise InvalidEndpoint(message, errors=(FieldError(field, "invalid", message),))


def _make_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii")
