"""Django looks here for what the back office shows: one module per page."""

from hansa.interfaces.backoffice import attributes, categories, imports, products, variants

__all__ = ["attributes", "categories", "imports", "products", "variants"]
