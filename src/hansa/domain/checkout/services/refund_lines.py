"""What the lines of a refund come to, and what of them goes back on the shelf."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hansa.domain.checkout.errors import InvalidRefundLines
from hansa.domain.checkout.types import RefundLine
from hansa.domain.inventory.selectors import list_outside
from hansa.domain.inventory.services.restock import restock
from hansa.domain.orders.models import Order, OrderLine
from hansa.domain.payments.models import Refund
from hansa.domain.payments.selectors import list_refunds
from hansa.kernel.errors import FieldError


def claim_lines(order: Order, lines: Collection[RefundLine]) -> int:
    """Return what these pieces cost, in minor units, the last of a line getting what rounding left.

    The order is locked. Raises InvalidRefundLines for more pieces than were bought and not refunded yet.
    """
    if not lines:
        return 0
    bought = {line.pk: line for line in OrderLine.objects.filter(order=order)}
    gone = _refunded_pieces(order)
    worth = 0
    for line in lines:
        found = bought.get(line.line_id)
        left = found.quantity - gone[line.line_id] if found else 0
        if found is None or not 1 <= line.quantity <= left:
            name = found.name if found else "this line"
            message = f"{left} of {name} can still be refunded."
            raise _refused(message, line)
        # What all refunds up to this one come to, less what those before came to: nothing gets lost.
        upto = gone[line.line_id] + line.quantity
        worth += found.total * upto // found.quantity - found.total * gone[line.line_id] // found.quantity
        gone[line.line_id] = upto
    return worth


def restock_lines(order: Order, lines: Collection[RefundLine], *, actor: str, now: datetime) -> None:
    """Put the pieces back on the shelf that are marked so. Raises InvalidRefundLines. Locks the stock items.

    Only what was shipped can come back: the rest never left the shelf.
    """
    returned = [line for line in lines if line.is_restocked]
    if not returned:
        return
    variants = dict(OrderLine.objects.filter(order=order).values_list("pk", "variant_id"))
    outside = list_outside(order.pk)
    quantities: dict[UUID, int] = {}
    for line in returned:
        variant_id = variants[line.line_id]
        quantities[variant_id] = quantities.get(variant_id, 0) + line.quantity
        if quantities[variant_id] > outside.get(variant_id, 0):
            message = f"{outside.get(variant_id, 0)} pieces of this line were sent and have not come back yet."
            raise _refused(message, line)
    restock(quantities=quantities, now=now, actor=actor, reason="refunded", reference=order.pk)


def _refunded_pieces(order: Order) -> Counter[UUID]:
    """Count by line what earlier refunds were for; those that failed do not count."""
    failed = {str(refund.id) for refund in list_refunds(order.pk) if refund.status == Refund.Status.FAILED}
    pieces: Counter[UUID] = Counter()
    for data in order.timeline.filter(kind="refund_requested").values_list("data", flat=True):
        if failed.intersection(data["refund_ids"]):
            continue
        for line in data["lines"]:
            pieces[UUID(line["line_id"])] += line["quantity"]
    return pieces


def _refused(message: str, line: RefundLine) -> InvalidRefundLines:
    return InvalidRefundLines(message, errors=(FieldError(f"lines.{line.line_id}", InvalidRefundLines.code, message),))
