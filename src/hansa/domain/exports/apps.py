"""App configuration."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Files of what a shop has."""

    name = "hansa.domain.exports"
    label = "exports"
    verbose_name = "Exports"

    def ready(self) -> None:
        """Let jobs and duties announce themselves."""
        from hansa.domain.exports import handlers, tasks  # noqa: F401, PLC0415  (they need the models)
