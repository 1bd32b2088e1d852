"""What can be asked about webhooks."""

from django.db.models import Min

from hansa.domain.webhooks.models import UNFINISHED, Delivery
from hansa.kernel.transactions import reading


def find_first_needed() -> int | None:
    """Return the number of the oldest event that is still on its way to somebody."""
    with reading():
        needed = Delivery.objects.filter(status__in=UNFINISHED, sequence__gt=0)
        first: int | None = needed.aggregate(first=Min("sequence"))["first"]
    return first
