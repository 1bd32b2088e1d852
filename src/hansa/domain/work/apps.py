"""App configuration."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Background work."""

    name = "hansa.domain.work"
    label = "work"
    verbose_name = "Background work"
