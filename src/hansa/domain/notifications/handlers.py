"""Which events somebody is written about."""

from collections.abc import Sequence

from hansa.domain.events.registry import handles, handles_many
from hansa.domain.events.types import HappenedEvent
from hansa.domain.notifications.models import Kind
from hansa.domain.notifications.services.notify import Notice, notify, notify_all
from hansa.domain.orders.selectors import get_emails_of
from hansa.domain.staff.selectors import get_invitation
from hansa.kernel.transactions import transaction


@handles_many("order.paid")
def confirm_orders(events: Sequence[HappenedEvent]) -> None:
    """Send the buyers the confirmation of paid orders; who paid first is written to first."""
    order_ids = [event.aggregate_id for event in events]
    emails = get_emails_of(order_ids)
    notices = [Notice(order_id, emails[order_id]) for order_id in order_ids]
    notify_all(kind=Kind.ORDER_CONFIRMATION, notices=notices, now=events[0].handled_at)


@handles("order.fulfilled")
def tell_of_shipment(event: HappenedEvent) -> None:
    """Tell the buyer that goods are on their way; each shipment once."""
    content: dict[str, object] = {"order_id": str(event.aggregate_id)}
    content |= {name: str(event.payload.get(name) or "") for name in ("carrier", "tracking")}
    _tell_buyer(Kind.ORDER_SHIPPED, event, content)


@handles("order.refunded")
def tell_of_refund(event: HappenedEvent) -> None:
    """Tell the buyer what goes back to them; each refund once."""
    content: dict[str, object] = {"order_id": str(event.aggregate_id), "amount": int(event.payload["amount"])}
    _tell_buyer(Kind.REFUND, event, content)


@handles("import.finished")
def tell_of_import(event: HappenedEvent) -> None:
    """Tell whoever asked for an import, if it was a person, what came of it."""
    recipient = str((event.payload.get("requested_by") or {}).get("label") or "")
    if "@" not in recipient:
        return
    names = {"file": "file_name", "created": "created", "updated": "updated", "failed": "failed"}
    content = {name: str(event.payload.get(key, "")) for name, key in names.items()}
    notify(
        kind=Kind.IMPORT_DONE,
        object_id=event.aggregate_id,
        recipient=recipient,
        now=event.handled_at,
        content=content,
    )


@handles("staff.invited")
def invite(event: HappenedEvent) -> None:
    """Send an invitation to whom it is for, while it is open."""
    with transaction():
        invitation = get_invitation(event.aggregate_id)
    if invitation.accepted_at or invitation.withdrawn_at:
        return
    recipient = invitation.email
    notify(kind=Kind.STAFF_INVITATION, object_id=event.aggregate_id, recipient=recipient, now=event.handled_at)


def _tell_buyer(kind: Kind, event: HappenedEvent, content: dict[str, object]) -> None:
    """Write about what happened; the event's id tells one shipment or refund from the next."""
    recipient = get_emails_of([event.aggregate_id])[event.aggregate_id]
    notify(kind=kind, object_id=event.id, recipient=recipient, now=event.handled_at, content=content)
