"""App configuration."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Runs of merchants' files."""

    name = "hansa.domain.imports"
    label = "imports"

    def ready(self) -> None:
        """Announce the job."""
        from hansa.domain.imports import tasks  # noqa: F401, PLC0415  (not before the models are loaded)
