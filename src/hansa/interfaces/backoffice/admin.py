"""Django looks here for what the back office shows: one module per page."""

from hansa.interfaces.backoffice import (
    attributes,
    audit,
    categories,
    customers,
    e_mails,
    gift_cards,
    imports,
    orders,
    price_lists,
    products,
    promotions,
    shipping,
    stock,
    taxes,
    variants,
)

__all__ = [
    "attributes",
    "audit",
    "categories",
    "customers",
    "e_mails",
    "gift_cards",
    "imports",
    "orders",
    "price_lists",
    "products",
    "promotions",
    "shipping",
    "stock",
    "taxes",
    "variants",
]
