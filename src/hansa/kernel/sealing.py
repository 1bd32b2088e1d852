"""Secrets of others that we must be able to read again: kept sealed with the installation's secret key.

A seal opens only for the purpose and the tenant that it was made for, so that a row that was copied
elsewhere is worth nothing. Keys that `SECRET_KEY_FALLBACKS` names still open.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes

from hansa.kernel.tenancy import get_current_tenant


class SealBroken(RuntimeError):
    """The secret was sealed with another key, for another purpose, or for another tenant."""


def seal(secret: str, *, purpose: str) -> str:
    """Return the secret sealed for the current tenant."""
    return _seals(purpose).encrypt(secret.encode()).decode("ascii")


def unseal(sealed: str, *, purpose: str) -> str:
    """Return what was sealed. Raises SealBroken."""
    try:
        return _seals(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        message = "A secret cannot be read with HANSA_SECRET_KEY. Was it changed? Rotate the secret."
        raise SealBroken(message) from None


def _seals(purpose: str) -> MultiFernet:
    return MultiFernet([_key(key, purpose) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(key: str | bytes, purpose: str) -> Fernet:
    message = f"hansa.seal.{purpose}:{get_current_tenant().id}"
    return Fernet(base64.urlsafe_b64encode(hmac.new(force_bytes(key), message.encode(), hashlib.sha256).digest()))
