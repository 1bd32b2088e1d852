"""App configuration."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    """Registers the package with Django."""

    name = "hansa.interfaces.shop"
    label = "shop"

    def ready(self) -> None:
        """Listen to who logs in."""
        from hansa.interfaces.shop.account import receivers  # noqa: F401, PLC0415  (it needs the models)
