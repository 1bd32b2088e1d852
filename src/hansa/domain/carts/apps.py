"""App configuration."""

from django.apps import AppConfig


class CartsConfig(AppConfig):
    """Carts."""

    name = "hansa.domain.carts"
    label = "carts"
    verbose_name = "Carts"

    def ready(self) -> None:
        """Let handlers and duties announce themselves."""
        from hansa.domain.carts import handlers  # noqa: F401, PLC0415  (it needs the models)
