"""App configuration."""

from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    """From cart to order."""

    name = "hansa.domain.checkout"
    label = "checkout"
    verbose_name = "Checkout"

    def ready(self) -> None:
        """Let handlers and duties announce themselves."""
        from hansa.domain.checkout import handlers  # noqa: F401, PLC0415  (it needs the models)
