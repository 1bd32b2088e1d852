"""Make one attempt to hand a delivery over, and note how it went."""

import secrets
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F

from hansa.domain.events.services.record import record
from hansa.domain.webhooks.models import QUEUED, Delivery, DeliveryAttempt, Endpoint
from hansa.domain.webhooks.services.offer import fill_slots
from hansa.domain.webhooks.services.sign import body_of, headers_of
from hansa.domain.webhooks.services.stop import stop_deliveries
from hansa.domain.webhooks.types import (
    GIVE_UP_AFTER,
    MAX_PAUSE,
    PAUSES,
    SHOWN_BYTES,
    SHOWN_HEADERS,
    TIMEOUT_SECONDS,
    Outcome,
)
from hansa.domain.work.errors import JobLost
from hansa.domain.work.models import JobStatus
from hansa.domain.work.registry import HeldJob
from hansa.kernel import clock
from hansa.kernel.outbound.client import Answer, NoAnswer, post
from hansa.kernel.outbound.rules import AddressRefused
from hansa.kernel.transactions import transaction

_FAILURES_TO_OPEN = 5
_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(minutes=15)
_BUSY_PAUSE = timedelta(seconds=30)
_CHANGED_BY_ATTEMPTS = (
    "failures",
    "failing_since",
    "paused_until",
    "last_success_at",
    "wake_at",
    "is_enabled",
    "disabled_reason",
)
"""What an attempt may change of its endpoint."""
_SEEN_EVERY = timedelta(minutes=1)
"""How exact `last_success_at` is: a write for each delivery would be waste."""


def deliver(held: HeldJob) -> None:
    """Try once to hand over the delivery that was started; it waits for the next attempt when that fails.

    Waits for somebody else's server, at most TIMEOUT_SECONDS and without a database connection. Raises JobLost.
    """
    with transaction():
        delivery = Delivery.objects.select_related("endpoint", "event").get(pk=held.id)
        if not delivery.endpoint.is_enabled:
            Delivery.objects.filter(pk=held.id).update(
                status=JobStatus.FAILED, last_error="The webhook is disabled. Replay it when it is enabled."
            )
            return
    now = clock.now()
    body = body_of(delivery)
    headers = headers_of(delivery, body, now=now)
    connection.close()
    outcome = _attempt(delivery.endpoint.url, body, headers)
    note_attempt(held, delivery.endpoint_id, outcome, started_at=now, now=clock.now())


def note_attempt(held: HeldJob, endpoint_id: UUID, outcome: Outcome, *, started_at: datetime, now: datetime) -> None:
    """Note how an attempt went: in its log, the delivery and the endpoint, and offer what may go next.

    Locks the endpoint. Sends `webhook.disabled`. Raises JobLost when somebody else has the delivery by now.
    """
    with transaction():
        endpoint = Endpoint.objects.select_for_update().get(pk=endpoint_id)
        _end_try(held, outcome, now)
        _log_attempt(held, outcome, started_at)
        before = [getattr(endpoint, name) for name in _CHANGED_BY_ATTEMPTS]
        _note_health(endpoint, outcome, now)
        if endpoint.is_enabled and (endpoint.wake_at or not outcome.is_taken):
            fill_slots(endpoint, now=now)
        if before != [getattr(endpoint, name) for name in _CHANGED_BY_ATTEMPTS]:
            endpoint.save(update_fields=_CHANGED_BY_ATTEMPTS)


def _attempt(url: str, body: str, headers: dict[str, str]) -> Outcome:
    shown = {name: value for name, value in headers.items() if name != "webhook-signature"}
    try:
        answer = post(url, body=body.encode(), headers=headers, timeout=TIMEOUT_SECONDS, max_bytes=SHOWN_BYTES)
    except (NoAnswer, AddressRefused) as error:
        return Outcome(status_code=None, error=error.message[:300], request_headers=shown)
    return Outcome(
        status_code=answer.status,
        error=_complaint(answer.status),
        retry_after=_read_retry_after(answer.headers.get("retry-after", ""), clock.now()),
        headers={name: answer.headers[name][:200] for name in SHOWN_HEADERS if name in answer.headers},
        body=_readable(answer),
        milliseconds=round(answer.seconds * 1000),
        request_headers=shown,
    )


def _complaint(status: int) -> str:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return ""
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return f"It answered {status}: redirects are not followed. Enter the address that it leads to."
    return f"It answered {status}."


def _readable(answer: Answer) -> str:
    """Return the beginning of the answer, only when it comes from where everybody could ask for it."""
    return answer.body.decode("utf-8", "replace").replace("\x00", "") if answer.is_public else ""


def _read_retry_after(text: str, now: datetime) -> timedelta | None:
    """Return how long a server wants to be left alone: seconds, or a date (RFC 9110, 10.2.3); bounded."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), MAX_PAUSE)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta(0)), MAX_PAUSE)


def _log_attempt(held: HeldJob, outcome: Outcome, started_at: datetime) -> None:
    DeliveryAttempt.objects.create(
        delivery_id=held.id,
        at=started_at,
        milliseconds=outcome.milliseconds,
        status_code=outcome.status_code,
        error=outcome.error,
        request_headers=outcome.request_headers,
        response_headers={name: value.replace("\x00", "") for name, value in outcome.headers.items()},
        response_body=outcome.body,
    )


def _end_try(held: HeldJob, outcome: Outcome, now: datetime) -> None:
    """Set what becomes of the delivery. Raises JobLost when somebody else has it by now."""
    mine = Delivery.objects.filter(pk=held.id, status=JobStatus.RUNNING, attempts=held.attempt)
    changes: dict[str, Any] = {"status": JobStatus.DONE}
    if not outcome.is_taken:
        tries = mine.values_list("tries", flat=True).first() or 0
        changes["status"] = JobStatus.FAILED
        if tries < len(PAUSES):
            pause = max(_jittered(PAUSES[tries]), outcome.retry_after or timedelta(0))
            changes = {"status": QUEUED, "next_at": now + pause}
    is_mine = mine.update(
        tries=F("tries") + 1,
        last_status_code=outcome.status_code,
        last_error=outcome.error,
        updated_at=now,
        **changes,
    )
    if not is_mine:
        message = f"somebody else works on delivery {held.id}, or it was stopped"
        raise JobLost(message)


def _note_health(endpoint: Endpoint, outcome: Outcome, now: datetime) -> None:
    """Count failures in a row, open the breaker, or disable the endpoint."""
    if outcome.is_taken:
        endpoint.failures, endpoint.failing_since, endpoint.paused_until = 0, None, None
        if endpoint.last_success_at is None or now - endpoint.last_success_at > _SEEN_EVERY:
            endpoint.last_success_at = now
        return
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    if endpoint.is_enabled and (outcome.is_gone or now - endpoint.failing_since >= GIVE_UP_AFTER):
        reason = Endpoint.DisabledReason.GONE if outcome.is_gone else Endpoint.DisabledReason.FAILING
        stop_deliveries(endpoint, reason=reason)
        payload = {"webhook_id": str(endpoint.pk), "reason": reason.value}
        record("webhook.disabled", aggregate_id=endpoint.pk, payload=payload, now=now)
    elif outcome.wants_pause:
        endpoint.paused_until = now + (outcome.retry_after or _jittered(_BUSY_PAUSE))
    elif endpoint.failures >= _FAILURES_TO_OPEN:
        doublings = min(endpoint.failures - _FAILURES_TO_OPEN, 10)
        endpoint.paused_until = now + _jittered(min(_FIRST_PAUSE * 2**doublings, _LONGEST_PAUSE))


def _jittered(pause: timedelta) -> timedelta:
    """Return a little more, so that what failed together does not come back together."""
    return pause * (1 + secrets.randbelow(1000) / 10_000)
