"""App configuration."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """What is known of a person."""

    name = "hansa.domain.privacy"
    label = "privacy"
