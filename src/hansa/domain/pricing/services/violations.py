"""What the database refuses, in the words of pricing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError

from hansa.domain.catalog.services.violations import violated_constraint
from hansa.domain.pricing.errors import (
    CodeTaken,
    InvalidPriceList,
    InvalidPromotion,
    InvalidTax,
    PromotionUsedUp,
    TaxNameTaken,
)
from hansa.kernel.errors import DomainError, FieldError
from hansa.kernel.money import MAX_AMOUNT

_ENDS_TOO_EARLY = "It must end after it starts."
_AMOUNT = f"An amount is a number from 0 to {MAX_AMOUNT} minor units (cents)."
_TAKEN = "The promotion has just been used up. Look at the new price and order again."
_HAD = "The promotion has been used with this e-mail address as often as it may. Look at the new price and order again."
_NO_GROUP = "There is no such customer group."

_FACTS: dict[str, tuple[type[DomainError], str, str]] = {
    "pricing_promotion_uses": (PromotionUsedUp, "promotion_codes", _TAKEN),
    "pricing_promotioncustomer_uses": (PromotionUsedUp, "promotion_codes", _HAD),
    "pricing_promotion_code": (CodeTaken, "code", "Another promotion has this code. Choose another one."),
    "pricing_promotion_validity": (InvalidPromotion, "ends_at", _ENDS_TOO_EARLY),
    "pricing_promotion_amounts": (InvalidPromotion, "amount", _AMOUNT),
    "pricing_promotion_customer_group_id_tenant_fk": (InvalidPromotion, "customer_group", _NO_GROUP),
    "pricing_pricelist_name": (InvalidPriceList, "name", "Another price list has this name."),
    "pricing_pricelist_validity": (InvalidPriceList, "valid_until", _ENDS_TOO_EARLY),
    "pricing_pricelist_customer_group_id_tenant_fk": (InvalidPriceList, "customer_group", _NO_GROUP),
    "pricing_pricelistitem_tier": (InvalidPriceList, "min_quantity", "This variant has a price from this quantity on."),
    "pricing_pricelistitem_quantity": (InvalidPriceList, "min_quantity", "A quantity is a number from 1 to 9999."),
    "pricing_pricelistitem_amount": (InvalidPriceList, "amount", _AMOUNT),
    "pricing_pricelistitem_variant_id_tenant_fk": (InvalidPriceList, "variant", "There is no such variant."),
    "pricing_taxclass_code": (TaxNameTaken, "code", "Another tax class has this code."),
    "pricing_taxclass_one_default": (TaxNameTaken, "is_default", "Another tax class is the default one."),
    "pricing_producttaxclass_product_id_tenant_fk": (InvalidTax, "product", "There is no such product."),
    "pricing_producttaxclass_tax_class_id_tenant_fk": (InvalidTax, "tax_class", "There is no such tax class."),
    "pricing_taxrate_place": (TaxNameTaken, "country", "There is a rate for this place, class and priority already."),
    "pricing_taxrate_validity": (InvalidTax, "valid_until", _ENDS_TOO_EARLY),
    "pricing_taxrate_country": (InvalidTax, "country", "Write the country as two capital letters, for example DE."),
    "pricing_taxrate_postal": (
        InvalidTax,
        "postal_until",
        "A range of postal codes has two ends of the same length, the smaller first.",
    ),
    "pricing_taxrate_tax_class_id_tenant_fk": (InvalidTax, "tax_class", "There is no such tax class."),
    "pricing_market_name": (TaxNameTaken, "name", "Another market has this name."),
    "pricing_market_one_default": (TaxNameTaken, "is_default", "Another market is the default one."),
}
"""Every CHECK, UNIQUE and reference that a user's input can violate: the error, the field, the sentence."""


@contextmanager
def named_violations() -> Iterator[None]:
    """Turn the database's refusal into a named domain error.

    Goes around the service's transaction, not inside it: a violation ends the transaction. The checkout
    puts it around the `together()` in which it redeems.
    """
    try:
        yield
    except IntegrityError as error:
        fact = _FACTS.get(violated_constraint(error))
        if fact is None:
            raise
        kind, field, message = fact
        raise kind(message, errors=(FieldError(field, kind.code, message),)) from error
