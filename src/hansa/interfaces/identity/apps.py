"""App configuration."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Logging in."""

    name = "hansa.interfaces.identity"
    label = "identity"

    def ready(self) -> None:
        """Listen to what allauth tells."""
        from hansa.interfaces.identity import receivers  # noqa: F401, PLC0415  (it needs the models)
