"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and sessions."""

    name = "hansa.domain.accounts"
    label = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        """Let duties announce themselves."""
        from hansa.domain.accounts import handlers  # noqa: F401, PLC0415  (it needs the models)
