"""Hansa's own application, which takes payments through the bank too."""

from django.conf import settings

from hansa.config.asgi import application
from tests.faults.psp.provider import PATH

settings.PAYMENT_PROVIDERS["bank"] = PATH

__all__ = ["application"]
