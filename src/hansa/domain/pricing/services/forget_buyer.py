"""Forget who has used promotions; how often each was used stays."""

from collections.abc import Collection
from uuid import UUID

from hansa.domain.accounts.types import nobodys_address
from hansa.domain.pricing.models import PromotionCustomer, PromotionUse
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def forget_buyer(*, references: Collection[UUID], emails: Collection[str], customer_id: UUID) -> None:
    """Take the buyer out of the uses of promotions by these orders, and by these addresses, in small letters.

    Somebody else who ordered with an address that one of the orders names keeps what they have used.
    """
    keys = {*emails, *PromotionUse.objects.filter(reference__in=references).values_list("customer_key", flat=True)}
    for number, key in enumerate(sorted(key for key in keys if key)):
        nobody = nobodys_address(customer_id, number=number)
        uses = PromotionUse.objects.filter(customer_key=key)
        (uses if key in emails else uses.filter(reference__in=references)).update(customer_key=nobody)
        if not PromotionUse.objects.filter(customer_key=key).exists():
            PromotionCustomer.objects.filter(customer_key=key).update(customer_key=nobody)
