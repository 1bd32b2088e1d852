"""Find carts that nobody touches any more, and forget them in the end."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from hansa.domain.carts.models import Cart, CartLine
from hansa.domain.events.services.record import record
from hansa.kernel.transactions import transaction

ABANDONED_AFTER = timedelta(hours=4)
EXPIRED_AFTER = timedelta(days=60)
BATCH = 500


def note_abandoned_carts(*, now: datetime) -> int:
    """Mark carts with something in them that nobody touched for ABANDONED_AFTER; returns how many.

    Once per cart, until somebody touches it again. At most BATCH. Event: cart.abandoned.
    """
    with transaction():
        left = Cart.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            Exists(CartLine.objects.filter(cart=OuterRef("pk"))),
            status=Cart.Status.OPEN,
            abandoned_at=None,
            touched_at__lte=now - ABANDONED_AFTER,
        )
        ids: list[UUID] = list(left.values_list("id", flat=True)[:BATCH])
        Cart.objects.filter(id__in=ids).update(abandoned_at=now)
        for cart_id in ids:
            record("cart.abandoned", aggregate_id=cart_id, payload={"cart_id": str(cart_id)}, now=now)
    return len(ids)


def expire_carts(*, now: datetime) -> int:
    """Expire open carts that nobody touched for EXPIRED_AFTER; returns how many. At most BATCH."""
    with transaction():
        old = Cart.objects.select_for_update(skip_locked=True).filter(
            status=Cart.Status.OPEN, touched_at__lte=now - EXPIRED_AFTER
        )
        ids = list(old.values_list("id", flat=True)[:BATCH])
        return Cart.objects.filter(id__in=ids).update(status=Cart.Status.EXPIRED)
