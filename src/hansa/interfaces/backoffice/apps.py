"""App configuration."""

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    """Registers the package with Django."""

    name = "hansa.interfaces.backoffice"
    label = "backoffice"

    def ready(self) -> None:
        """Let the audit log hear of logins."""
        from hansa.interfaces.backoffice.logins import record_logins  # noqa: PLC0415  (needs the models)

        record_logins()
