"""Secrets of identity providers, as they lie in the database: sealed, and opened only to speak to the provider."""

from hansa.kernel.sealing import seal, unseal

_SEAL = "identity-providers"


def seal_secret(secret: str) -> str:
    """Return the secret as the current tenant keeps it; a provider that has none gets none."""
    return seal(secret, purpose=_SEAL) if secret else ""


def open_secret(sealed: str) -> str:
    """Return the secret. Raises SealBroken."""
    return unseal(sealed, purpose=_SEAL) if sealed else ""
