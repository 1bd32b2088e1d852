"""How API keys look: `hansa_sk_` + 12 public characters + `_` + 43 secret ones + 8 of a checksum.

The fixed beginning lets leak scanners find a key in a repository, and the checksum lets them, and us,
tell a key from something that only looks like one without asking the database (the form that GitHub's
tokens have: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/).
"""

import hashlib
import re
import secrets
import zlib

KEY_PREFIX = "hansa_sk_"
KEY_PATTERN = re.compile(r"hansa_sk_[a-z0-9]{12}_[A-Za-z0-9_-]{43}[0-9a-f]{8}")
"""What a leak scanner looks for."""

_PUBLIC = "abcdefghijkmnpqrstuvwxyz23456789"
_CHECKSUM = 8


def make_key() -> str:
    """Return a new key, with 256 random bits."""
    public = "".join(secrets.choice(_PUBLIC) for _ in range(12))
    body = f"{KEY_PREFIX}{public}_{secrets.token_urlsafe(32)}"
    return body + _checksum(body)


def is_well_formed(key: str) -> bool:
    """Tell whether it is a key that was once made by somebody's Hansa, and typed without mistakes."""
    return bool(KEY_PATTERN.fullmatch(key)) and _checksum(key[:-_CHECKSUM]) == key[-_CHECKSUM:]


def prefix_of(key: str) -> str:
    """Return the part of the key that is no secret."""
    return key[: len(KEY_PREFIX) + 12]


def secret_hash(key: str) -> bytes:
    """Return what is stored of a key."""
    return hashlib.sha256(key.encode()).digest()


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
