"""Forget to whom something was written."""

from hansa.domain.notifications.models import Notification
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def forget_recipient(*, email: str) -> None:
    """Delete the letters to this address."""
    Notification.objects.filter(recipient__iexact=email).delete()
