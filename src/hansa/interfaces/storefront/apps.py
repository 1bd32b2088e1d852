"""App configuration."""

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """Registers the package with Django."""

    name = "hansa.interfaces.storefront"
    label = "storefront"
