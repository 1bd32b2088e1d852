"""App configuration."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Stock, reservations and the ledger."""

    name = "hansa.domain.inventory"
    label = "inventory"
    verbose_name = "Inventory"

    def ready(self) -> None:
        """Announce what the worker does for us."""
        from hansa.domain.inventory import handlers  # noqa: F401, PLC0415  (models are ready only now)
