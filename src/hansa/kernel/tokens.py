"""Tokens that open one cart or one order to whoever holds them.

A token is 128 bits of HMAC-SHA-256 over the thing's kind, its tenant and its id, with the
installation's secret key: nothing is stored, nothing leaks with a backup, and an answer that is
repeated holds the same token.
"""

import hashlib
import hmac
from uuid import UUID

from django.conf import settings
from django.utils.encoding import force_bytes

from hansa.kernel.tenancy import get_current_tenant


def make_token(kind: str, identifier: UUID) -> str:
    """Return the token of the current tenant's `kind` (`cart`, `order`) with this id: 32 hex digits."""
    return _token(settings.SECRET_KEY, kind, identifier)


def is_token(token: str, kind: str, identifier: UUID) -> bool:
    """Tell, in constant time, whether `token` opens the thing; tokens of replaced keys still do."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    given = token.encode("utf-8", "surrogatepass")
    return any(hmac.compare_digest(_token(key, kind, identifier).encode(), given) for key in keys)


def _token(key: str | bytes, kind: str, identifier: UUID) -> str:
    message = f"hansa.{kind}:{get_current_tenant().id}:{identifier}"
    return hmac.new(force_bytes(key), message.encode(), hashlib.sha256).hexdigest()[:32]
