"""Take an e-mail address back from whoever signed up with it and never proved that it is theirs."""

from uuid import UUID

from hansa.domain.accounts.errors import AddressTaken
from hansa.domain.accounts.models import User
from hansa.domain.accounts.services.delete_user import delete_user
from hansa.kernel.transactions import transaction


def release_address(*, email: str, user_id: UUID) -> None:
    """Make the address free for the user, who is about to have proved it.

    An account that was never logged in to is deleted. Raises AddressTaken when the address belongs to
    somebody who is in use.
    """
    with transaction():
        for other in User.objects.select_for_update().filter(email=email.strip().lower()).exclude(pk=user_id):
            if other.is_staff or other.last_login is not None:
                message = "This e-mail address belongs to another account here. Use another one."
                raise AddressTaken(message)
            delete_user(user_id=other.pk)
