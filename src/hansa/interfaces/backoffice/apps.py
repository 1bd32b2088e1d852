"""App configuration."""

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    """Registers the package with Django."""

    name = "hansa.interfaces.backoffice"
    label = "backoffice"
