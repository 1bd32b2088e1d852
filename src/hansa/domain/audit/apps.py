"""App configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who changed what."""

    name = "hansa.domain.audit"
    label = "audit"
    verbose_name = "People"
