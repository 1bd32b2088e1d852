"""Set the prices in a price list."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from hansa.domain.pricing.errors import InvalidPriceList, PriceListNotFound
from hansa.domain.pricing.models import MAX_QUANTITY, PriceList, PriceListItem
from hansa.domain.pricing.services.violations import named_violations
from hansa.kernel.errors import FieldError
from hansa.kernel.money import MAX_AMOUNT
from hansa.kernel.transactions import transaction

MAX_PRICES = 5000
"""Prices that one call sets."""


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """What a variant shall cost in a list from a quantity on; no amount: it shall have no such price."""

    variant_id: UUID
    amount: int | None
    min_quantity: int = 1


def set_prices(*, price_list_id: UUID, prices: Sequence[PriceDraft]) -> None:
    """Set these prices in a list, in minor units of its currency, and leave its others alone.

    Raises PriceListNotFound, InvalidPriceList. Locks the list, so that two calls do not deadlock.
    """
    if len(prices) > MAX_PRICES:
        message = f"At most {MAX_PRICES} prices at once. Send the rest in another call."
        raise _refused(message, field="prices")
    for price in prices:
        if not 1 <= price.min_quantity <= MAX_QUANTITY:
            message = f"A quantity is a number from 1 to {MAX_QUANTITY}."
            raise _refused(message, field="min_quantity")
        if price.amount is not None and not 0 <= price.amount <= MAX_AMOUNT:
            message = f"A price is a number from 0 to {MAX_AMOUNT} minor units (cents)."
            raise _refused(message, field="amount")
    latest = {(price.variant_id, price.min_quantity): price for price in prices}
    with named_violations(), transaction():
        if PriceList.objects.select_for_update(no_key=True).filter(pk=price_list_id).first() is None:
            message = f"There is no price list with the id {price_list_id}."
            raise PriceListNotFound(message)
        gone = Q(pk__in=[])
        for (variant_id, min_quantity), price in latest.items():
            if price.amount is None:
                gone |= Q(variant=variant_id, min_quantity=min_quantity)
        PriceListItem.objects.filter(gone, price_list=price_list_id).delete()
        PriceListItem.objects.bulk_create(
            [
                PriceListItem(
                    price_list_id=price_list_id,
                    variant_id=price.variant_id,
                    min_quantity=price.min_quantity,
                    amount=price.amount,
                )
                for price in latest.values()
                if price.amount is not None
            ],
            update_conflicts=True,
            unique_fields=["tenant_id", "price_list", "variant", "min_quantity"],
            update_fields=["amount"],
            batch_size=1000,
        )


def _refused(message: str, *, field: str) -> InvalidPriceList:
    return InvalidPriceList(message, errors=(FieldError(field, InvalidPriceList.code, message),))
