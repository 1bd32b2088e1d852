"""App configuration."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders, their numbers, states and timelines."""

    name = "hansa.domain.orders"
    label = "orders"
    verbose_name = "Orders"

    def ready(self) -> None:
        """Let handlers announce themselves."""
        from hansa.domain.orders import handlers  # noqa: F401, PLC0415  (it needs the models)
