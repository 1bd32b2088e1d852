"""App configuration."""

from django.apps import AppConfig


class PricingConfig(AppConfig):
    """Price lists, taxes and promotions."""

    name = "hansa.domain.pricing"
    label = "pricing"
