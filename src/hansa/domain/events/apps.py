"""App configuration."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The outbox and what works it off."""

    name = "hansa.domain.events"
    label = "events"
    verbose_name = "Events"
