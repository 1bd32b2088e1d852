"""App configuration."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """Roles, keys and invitations."""

    name = "hansa.domain.staff"
    label = "staff"
    verbose_name = "People"
