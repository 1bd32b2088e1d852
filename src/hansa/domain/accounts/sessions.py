"""Where Django keeps sessions: a tenant-owned table, each access in a transaction of its own.

The table holds no key (Note [Digests of session keys]), and what a session says is sealed: allauth leaves codes
in it, and the secret of an authenticator app that is being set up.
"""

from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db import IntegrityError

from hansa.domain.accounts.models import Session
from hansa.domain.accounts.session_keys import SessionDigest
from hansa.kernel.sealing import SealBroken, seal, unseal
from hansa.kernel.transactions import transaction

_SEAL = "sessions"


class SessionStore(DatabaseSessionStore):
    """Django's database sessions, inside the wall; each knows its user."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Use our tenant-owned table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Note whose session it is: it goes when they go."""
        row = cast("Session", super().create_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        return row

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Seal what the session says."""
        return seal(super().encode(session_dict), purpose=_SEAL)

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """Open it; one that was written before sessions were sealed is signed only, any other says nothing."""
        written = session_data if isinstance(session_data, str) else session_data.decode()
        try:
            written = unseal(written, purpose=_SEAL)
        except SealBroken:
            return super().decode(written)
        return super().decode(written)

    def load(self) -> dict[str, Any]:
        """Read the session."""
        with transaction():
            return super().load()

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002  (Django's signature)
        """Write the session. Raises UpdateError when its user was erased meanwhile."""
        try:
            super().save(must_create=must_create)
        except IntegrityError as error:
            raise UpdateError from error

    def cycle_key(self) -> None:
        """Give it another key, unless it was opened by its digest: whoever only looks tells no browser of a new one."""
        if not isinstance(self.session_key, SessionDigest):
            super().cycle_key()

    def exists(self, session_key: str) -> bool:
        """Say whether this shop has such a session."""
        with transaction():
            return super().exists(session_key)

    def delete(self, session_key: str | None = None) -> None:
        """Forget the session."""
        with transaction():
            super().delete(session_key)
