"""Second factors: their secrets are encrypted at rest, and an authenticator app shows the shop's name."""

import base64
import hashlib
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes

from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """TOTP secrets and recovery codes, under a key made from the installation's."""

    def get_totp_issuer(self) -> str:
        """Say whose code it is."""
        return get_current_tenant().name

    def encrypt(self, text: str) -> str:
        """Encrypt with the present key, for this tenant alone."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt with the present key, or with one that it has replaced."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:  # noqa: ANN401  (allauth's signature)
        """Look it up; allauth asks also when the view's transaction is over."""
        with transaction():
            return bool(super().is_mfa_enabled(user, types=types))

    def _get_site_name(self) -> str:
        return get_current_tenant().name


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str | bytes) -> bytes:
    context = f"hansa.second-factor:{get_current_tenant().id}:".encode()
    return base64.urlsafe_b64encode(hashlib.sha256(context + force_bytes(key)).digest())
