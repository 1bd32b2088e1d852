"""Archive a promotion."""

from datetime import datetime
from uuid import UUID

from hansa.domain.pricing.errors import PromotionNotFound
from hansa.domain.pricing.models import Promotion
from hansa.kernel.transactions import transaction


def archive_promotion(*, promotion_id: UUID, now: datetime) -> None:
    """Put a promotion away: it gives nothing any more and its code is free; its history stays.

    Orders that are being placed with it keep their price. Raises PromotionNotFound. Locks the promotion.
    """
    with transaction():
        archived = Promotion.objects.filter(pk=promotion_id, archived_at=None).update(archived_at=now, updated_at=now)
    if not archived:
        message = f"There is no promotion with the id {promotion_id}, or it is archived already."
        raise PromotionNotFound(message)
