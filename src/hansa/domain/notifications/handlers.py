"""Which events somebody is written about."""

from contextlib import suppress

from hansa.domain.events.registry import handles
from hansa.domain.events.types import HappenedEvent
from hansa.domain.notifications.errors import AlreadySent
from hansa.domain.notifications.models import Kind
from hansa.domain.notifications.services.notify import notify
from hansa.domain.notifications.services.send import send
from hansa.domain.orders.selectors import get_order_document
from hansa.domain.staff.selectors import get_invitation
from hansa.kernel.transactions import transaction


@handles("order.paid")
def confirm_order(event: HappenedEvent) -> None:
    """Send the buyer the confirmation of a paid order."""
    with transaction():
        recipient = get_order_document(event.aggregate_id)["email"]
    try:
        notify(kind=Kind.ORDER_CONFIRMATION, object_id=event.aggregate_id, recipient=recipient, now=event.handled_at)
    except AlreadySent:
        return  # by somebody who saw the same event at the same moment


@handles("notification.posted")
def send_posted_letter(event: HappenedEvent) -> None:
    """Send a letter that was posted in a transaction that is committed by now."""
    with suppress(AlreadySent):  # by somebody who saw the same event at the same moment
        send(notification_id=event.aggregate_id, now=event.handled_at)


@handles("staff.invited")
def invite(event: HappenedEvent) -> None:
    """Send an invitation to whom it is for, while it is open."""
    with transaction():
        invitation = get_invitation(event.aggregate_id)
    if invitation.accepted_at or invitation.withdrawn_at:
        return
    try:
        recipient = invitation.email
        notify(kind=Kind.STAFF_INVITATION, object_id=event.aggregate_id, recipient=recipient, now=event.handled_at)
    except AlreadySent:
        return  # by somebody who saw the same event at the same moment
