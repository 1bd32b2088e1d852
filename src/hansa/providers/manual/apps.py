"""App configuration."""

from django.apps import AppConfig


class ManualConfig(AppConfig):
    """What the provider without a bank remembers."""

    name = "hansa.providers.manual"
    label = "manual"
