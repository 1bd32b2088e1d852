"""App configuration."""

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    """Sockets."""

    name = "hansa.interfaces.realtime"
    label = "realtime"
    verbose_name = "Real time"

    def ready(self) -> None:
        """Listen to what happens in the domain."""
        from hansa.interfaces.realtime import handlers  # noqa: PLC0415  (it needs the models)

        handlers.listen()
