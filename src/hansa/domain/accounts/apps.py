"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and sessions."""

    name = "hansa.domain.accounts"
    label = "accounts"
    verbose_name = "People"
