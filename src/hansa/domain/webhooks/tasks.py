"""What is done with each delivery."""

from hansa.domain.webhooks.models import Delivery
from hansa.domain.webhooks.services import deliver as service
from hansa.domain.work.registry import HeldJob, job
from hansa.domain.work.types import Queue


@job(Delivery, queue=Queue.NET, ends_itself=True)
def deliver(held: HeldJob) -> None:
    """Make one attempt to hand a delivery over."""
    service.deliver(held)
