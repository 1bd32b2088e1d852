"""App configuration."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders, their numbers, states and timelines."""

    name = "hansa.domain.orders"
    label = "orders"
    verbose_name = "Orders"
