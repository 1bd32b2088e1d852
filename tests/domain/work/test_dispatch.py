"""The dispatcher, where its queue does not always take what it is given."""

import time
from datetime import timedelta
from uuid import UUID, uuid4

from hansa.domain.checkout.models import IdempotencyKey
from hansa.domain.work.services.dispatch import Dispatcher
from hansa.domain.work.types import Queue
from hansa.kernel import clock
from hansa.kernel.errors import Unavailable
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext
from tests.worlds import entered

RARE = "hansa.checkout.forget_keys"
"""Its turn comes once in an hour."""
PATIENCE_SECONDS = 30


class AwayAtFirst:
    """A queue that is not there when the rare duty is put in for the first time."""

    is_shared = True

    def __init__(self) -> None:
        self.is_refused = False
        self.taken: set[UUID] = set()

    def free(self, queue: Queue) -> int:  # noqa: ARG002  (the protocol's)
        return 0

    def put(self, queue: Queue, name: str, tenant_id: UUID, job_id: UUID | None) -> None:  # noqa: ARG002
        if name != RARE:
            return
        if not self.is_refused:
            self.is_refused = True
            message = "It is away."
            raise Unavailable(message)
        self.taken.add(tenant_id)

    def wait_for_room(self, seconds: float) -> None:
        """Return at once."""


def test_a_rare_duty_does_not_lose_its_turn_while_the_queue_is_away(shop: TenantContext) -> None:
    long_ago = clock.now() - timedelta(days=2)
    with entered(shop):
        IdempotencyKey.objects.create(key=uuid4().hex, order_id=uuid7(), claimed_at=long_ago, expires_at=long_ago)
    queue = AwayAtFirst()
    deadline = time.monotonic() + PATIENCE_SECONDS
    Dispatcher(queue).run(lambda _: shop.id in queue.taken or time.monotonic() > deadline)
    assert queue.is_refused
    assert shop.id in queue.taken
