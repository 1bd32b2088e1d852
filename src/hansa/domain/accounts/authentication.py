"""Who logs in: an e-mail address and a password, within the tenant that is entered."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from hansa.domain.accounts.models import User
from hansa.kernel.transactions import transaction


class TenantBackend(BaseBackend):
    """Authenticates people of the current tenant; row-level security hides everybody else."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002  (Django's signature)
        username: str | None = None,
        password: str | None = None,
        email: str | None = None,
        **_: object,
    ) -> User | None:
        """Return the user, or None; an unknown address takes as long as a wrong password.

        The back office says `username`, the shop `email`: both are the e-mail address.
        """
        address = email or username
        if not address or password is None:
            return None
        with transaction():
            user = User.objects.filter(email=address.strip().lower(), is_active=True).first()
        if user is None:
            make_password(password)
            return None
        return user if check_password(password, user.password) else None

    def get_user(self, user_id: Any) -> User | None:  # noqa: ANN401  (Django's signature)
        """Return the user of a session, or None when it is not one of this shop's."""
        with transaction():
            return User.objects.filter(pk=user_id, is_active=True).first()
