"""Take back a password that somebody else may have chosen."""

from hansa.domain.accounts.models import User
from hansa.kernel.transactions import transaction


def forget_password(*, user: User) -> None:
    """Let no password open the account until a new one is set; every session that began with it ends."""
    with transaction():
        user.set_unusable_password()
        user.save(update_fields=["password", "updated_at"])
