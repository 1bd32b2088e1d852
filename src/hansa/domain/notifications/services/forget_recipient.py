"""Forget to whom something was written."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from hansa.domain.notifications.models import Notification
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def forget_recipient(*, emails: Collection[str], order_ids: Collection[UUID]) -> None:
    """Delete the letters to these addresses, in small letters, and those about these orders, to whomever."""
    about = Q(object_id__in=order_ids) | Q(content__order_id__in=[str(order_id) for order_id in order_ids])
    Notification.objects.alias(address=Lower("recipient")).filter(Q(address__in=emails) | about).delete()
