"""How passwords are hashed: Argon2id, and never more at once than the process can afford."""

from threading import BoundedSemaphore

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

_turns = BoundedSemaphore(settings.PASSWORD_HASHES_AT_ONCE)


class BoundedArgon2(Argon2PasswordHasher):
    """Argon2id with the parameters of the OWASP Password Storage Cheat Sheet: 46 MiB, one pass, one lane.

    A hundred logins at once would take a hundred times the memory. So PASSWORD_HASHES_AT_ONCE threads
    hash, and the others wait for their turn.
    """

    time_cost = 1
    memory_cost = 47_104
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Hash, when it is our turn."""
        with _turns:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Compare, when it is our turn."""
        with _turns:
            return super().verify(password, encoded)
