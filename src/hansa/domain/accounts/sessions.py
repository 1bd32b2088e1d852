"""Where Django keeps sessions: a tenant-owned table, each access in a transaction of its own."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

from hansa.domain.accounts.models import Session
from hansa.kernel.transactions import transaction


class SessionStore(DatabaseSessionStore):
    """Django's database sessions, inside the wall."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Use our tenant-owned table."""
        return Session

    def load(self) -> dict[str, Any]:
        """Read the session."""
        with transaction():
            return super().load()

    def exists(self, session_key: str) -> bool:
        """Say whether this shop has such a session."""
        with transaction():
            return super().exists(session_key)

    def delete(self, session_key: str | None = None) -> None:
        """Forget the session."""
        with transaction():
            super().delete(session_key)
