"""Archive a shipping zone with all its methods."""

from datetime import datetime
from uuid import UUID

from hansa.domain.fulfilment.errors import ZoneNotFound
from hansa.domain.fulfilment.models import ShippingMethod, ShippingZone
from hansa.kernel.transactions import transaction


def archive_zone(*, zone_id: UUID, now: datetime) -> None:
    """Put a zone away with its methods: addresses in it fall to the next zone. Raises ZoneNotFound."""
    with transaction():
        if not ShippingZone.objects.filter(pk=zone_id, archived_at=None).update(archived_at=now, updated_at=now):
            message = f"There is no shipping zone with the id {zone_id}, or it is archived already."
            raise ZoneNotFound(message)
        ShippingMethod.objects.filter(zone=zone_id, archived_at=None).update(archived_at=now, updated_at=now)
