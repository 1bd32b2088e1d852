"""What can go wrong with prices, taxes and promotions."""

from hansa.kernel.errors import Conflict, Invalid, LimitReached, NotFound


class InvalidPromotion(Invalid):
    """The promotion cannot be as it was described."""

    code = "invalid_promotion"


class PromotionNotFound(NotFound):
    """No such promotion."""

    code = "promotion_not_found"


class CodeTaken(Conflict):
    """Another promotion has this code."""

    code = "code_taken"


class PromotionUsedUp(Conflict):
    """Somebody else took the last use, or this customer has had theirs. Nothing was redeemed."""

    code = "promotion_used_up"


class PromotionChanged(Conflict):
    """The promotion was changed by somebody else at the same moment."""

    code = "promotion_changed"


class TooManyPromotions(LimitReached):
    """More automatic promotions than a basket is compared with."""

    code = "too_many_promotions"


class InvalidPriceList(Invalid):
    """The price list, or a price in it, cannot be as it was described."""

    code = "invalid_price_list"


class PriceListNotFound(NotFound):
    """No such price list."""

    code = "price_list_not_found"


class InvalidTax(Invalid):
    """The tax class, rate or market cannot be as it was described."""

    code = "invalid_tax"


class TaxClassNotFound(NotFound):
    """No such tax class."""

    code = "tax_class_not_found"


class InvalidTaxTable(Invalid):
    """The file is no table of tax rates, or a row of it is wrong; nothing was loaded."""

    code = "invalid_tax_table"


class TaxNameTaken(Conflict):
    """Another tax class, rate or market is in the way."""

    code = "tax_name_taken"
