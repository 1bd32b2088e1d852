"""App configuration."""

from django.apps import AppConfig

from hansa.domain.accounts.session_keys import DIGEST_CHARACTERS, SessionKeyField


class IdentityConfig(AppConfig):
    """Logging in."""

    name = "hansa.interfaces.identity"
    label = "identity"

    def ready(self) -> None:
        """Listen to what allauth tells, and let its list of sessions hold no keys.

        allauth's model cannot be replaced, so its column becomes one of ours: Note [Digests of session keys].
        """
        from allauth.usersessions.models import UserSession  # noqa: PLC0415  (models, as below)

        from hansa.interfaces.identity import receivers  # noqa: F401, PLC0415  (it needs the models)

        column = UserSession._meta.get_field("session_key")
        column.__class__, column.max_length = SessionKeyField, DIGEST_CHARACTERS
