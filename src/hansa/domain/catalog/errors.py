"""What can go wrong in the catalogue."""

from hansa.kernel.errors import Conflict, Invalid, LimitReached, NotFound, TooLarge


class ProductNotFound(NotFound):
    """No such product is on sale."""

    code = "product_not_found"


class CategoryNotFound(NotFound):
    """No such category."""

    code = "category_not_found"


class CategoryNotEmpty(Conflict):
    """Products or categories still stand on this shelf."""

    code = "category_not_empty"


class CategoryCycle(Conflict):
    """A category cannot be put inside itself."""

    code = "category_cycle"


class NameTaken(Conflict):
    """A sibling has this name already."""

    code = "name_taken"


class InvalidCursor(Invalid):
    """The cursor was not made by us, or for another sort."""

    code = "invalid_cursor"


class InvalidProduct(Invalid):
    """The product cannot be as it was described."""

    code = "invalid_product"


class TooManyVariants(LimitReached):
    """More variants than one product takes."""

    code = "too_many_variants"


class TooManyImages(LimitReached):
    """More pictures than one product takes."""

    code = "too_many_images"


class InvalidImage(Invalid):
    """The file is no picture that browsers show."""

    code = "invalid_image"


class ImageTooLarge(TooLarge):
    """The picture's file is larger than we take."""

    code = "image_too_large"


class InvalidCategory(Invalid):
    """The category cannot be as it was described."""

    code = "invalid_category"


class InvalidAttribute(Invalid):
    """The attribute, or a product's value for it, cannot be as it was described."""

    code = "invalid_attribute"


class NothingToSell(Invalid):
    """A product without a variant has no price, so shoppers cannot be shown it."""

    code = "nothing_to_sell"


class ImageNotFound(NotFound):
    """The product has no such picture."""

    code = "image_not_found"


class AttributeNotFound(NotFound):
    """No such attribute."""

    code = "attribute_not_found"


class PictureRefused(Invalid):
    """There is no picture at the address that a product names; trying again changes nothing."""

    code = "picture_refused"
