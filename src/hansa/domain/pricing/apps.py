"""App configuration."""

from django.apps import AppConfig


class PricingConfig(AppConfig):
    """Price lists, taxes and promotions."""

    name = "hansa.domain.pricing"
    label = "pricing"

    def ready(self) -> None:
        """Announce what the worker does for us."""
        from hansa.domain.pricing import handlers  # noqa: F401, PLC0415  (models are ready only now)
