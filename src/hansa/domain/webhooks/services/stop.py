"""Stop sending to an endpoint."""

from hansa.domain.webhooks.models import UNFINISHED, Delivery, Endpoint
from hansa.domain.work.models import JobStatus
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def stop_deliveries(endpoint: Endpoint, *, reason: Endpoint.DisabledReason) -> None:
    """Disable a locked endpoint, not saved yet, and give up what was on its way: it can be replayed."""
    endpoint.is_enabled = False
    endpoint.disabled_reason = reason
    endpoint.wake_at = None
    give_up_deliveries(endpoint)


@requires_transaction
def give_up_deliveries(endpoint: Endpoint) -> None:
    """Give up what is on its way to a locked endpoint for the reason for which it is disabled."""
    reason = Endpoint.DisabledReason(endpoint.disabled_reason).label
    Delivery.objects.filter(endpoint=endpoint, status__in=UNFINISHED).update(
        status=JobStatus.FAILED, last_error=f"The webhook was disabled: {reason}."
    )
