"""Archive a shipping method."""

from datetime import datetime
from uuid import UUID

from hansa.domain.fulfilment.errors import MethodNotFound
from hansa.domain.fulfilment.models import ShippingMethod
from hansa.kernel.transactions import transaction


def archive_method(*, method_id: UUID, now: datetime) -> None:
    """Put a method away: it is offered no more, and orders keep it. Raises MethodNotFound."""
    with transaction():
        live = ShippingMethod.objects.filter(pk=method_id, archived_at=None)
        if not live.update(archived_at=now, updated_at=now):
            message = f"There is no shipping method with the id {method_id}, or it is archived already."
            raise MethodNotFound(message)
