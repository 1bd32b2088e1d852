"""App configuration."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Webhooks."""

    name = "hansa.domain.webhooks"
    label = "webhooks"
    verbose_name = "Webhooks"

    def ready(self) -> None:
        """Let duties, jobs and the publisher announce themselves."""
        from hansa.domain.webhooks import handlers, tasks  # noqa: F401, PLC0415  (they need the models)
