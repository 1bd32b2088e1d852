"""Keys of sessions, which the database does not know: it holds their digests.

Note [Digests of session keys]: whoever reads a backup must not be able to log in as anybody. A key is 165
random bits, so SHA-256 without salt is enough. Our sessions and allauth's list of them have a `SessionKeyField`:
a key that is asked for or saved becomes its digest on the way, and what comes back from a row is a `SessionDigest`,
which finds the same row again. A cookie is never one, whatever it says: it is digested like any other text.
"""

import hashlib
from typing import Any

from django.db import models

DIGEST_CHARACTERS = 64


class SessionDigest(str):
    """What the database holds of a session's key. It equals the key that it was made of."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Compare with another digest, or with a key: allauth asks so whether a session is the current one."""
        if isinstance(other, str) and not isinstance(other, SessionDigest):
            return str(self) == digest_of(other)
        return isinstance(other, SessionDigest) and str(self) == str(other)

    def __ne__(self, other: object) -> bool:
        """Say the opposite: text has an answer of its own, which knows nothing of keys."""
        return not self == other

    __hash__ = str.__hash__


def digest_of(key: str) -> str:
    """Return the digest by which the database knows the session with this key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def opened_by_digest(key: str) -> SessionDigest:
    """Return the digest of a key, for whoever only looks at its session: such a session never changes its key.

    Django gives a session another key when it meets one from before HANSA_SECRET_KEY was changed.
    """
    return SessionDigest(digest_of(key))


class SessionKeyField(models.CharField):  # type: ignore[type-arg]  # a text like any other to the type checker
    """A session's key in the program, its digest in the database: Note [Digests of session keys]."""

    def get_prep_value(self, value: Any) -> SessionDigest | None:  # noqa: ANN401  (Django's signature)
        """Digest a key; a digest stays what it is."""
        if value is None or isinstance(value, SessionDigest):
            return value
        return SessionDigest(digest_of(str(value)))

    def from_db_value(self, value: str | None, *_: object) -> SessionDigest | None:
        """Mark what comes from a row."""
        return None if value is None else SessionDigest(value)
