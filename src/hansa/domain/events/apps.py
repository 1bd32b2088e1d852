"""App configuration."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The outbox and what works it off."""

    name = "hansa.domain.events"
    label = "events"
    verbose_name = "Events"

    def ready(self) -> None:
        """Let duties announce themselves."""
        from hansa.domain.events import handlers  # noqa: F401, PLC0415  (it needs the models)
