"""App configuration."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    """Registers the package with Django."""

    name = "hansa.interfaces.shop"
    label = "shop"
