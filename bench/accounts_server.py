"""Hansa's own application without limits by address: one machine plays everybody."""

from hansa.config.asgi import application

from django.conf import settings  # isort: skip  (Django is set up by the application)

settings.ACCOUNT_RATE_LIMITS = False

__all__ = ["application"]
