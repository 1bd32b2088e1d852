"""App configuration."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Categories, products, variants and the listing."""

    name = "hansa.domain.catalog"
    label = "catalog"
    verbose_name = "Catalogue"
