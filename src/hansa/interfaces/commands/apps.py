"""App configuration."""

from django.apps import AppConfig


class CommandsConfig(AppConfig):
    """Registers the package with Django."""

    name = "hansa.interfaces.commands"
    label = "commands"
