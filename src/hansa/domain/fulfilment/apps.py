"""App configuration."""

from django.apps import AppConfig


class FulfilmentConfig(AppConfig):
    """How goods reach the customer."""

    name = "hansa.domain.fulfilment"
    label = "fulfilment"
