"""App configuration."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """Merchants and their hosts."""

    name = "hansa.domain.tenants"
    label = "tenants"
