"""App configuration."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """What the shop writes to people."""

    name = "hansa.domain.notifications"
    label = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        """Let handlers announce themselves."""
        from hansa.domain.notifications import handlers, tasks  # noqa: F401, PLC0415  (they need the models)
