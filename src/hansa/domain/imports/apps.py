"""App configuration."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Runs of merchants' files."""

    name = "hansa.domain.imports"
    label = "imports"
