"""Forget a person who asks for it."""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password

from hansa.domain.accounts.errors import ReauthenticationRequired
from hansa.domain.accounts.models import User
from hansa.domain.accounts.services.erase_customer import erase_customer
from hansa.domain.accounts.types import Person
from hansa.domain.carts.services.forget_customer import forget_customer
from hansa.domain.notifications.services.forget_recipient import forget_recipient
from hansa.domain.orders.services.anonymise import anonymise_orders
from hansa.kernel.transactions import transaction

FRESH = timedelta(minutes=5)
"""How long typing the password once more counts."""


def erase_person(*, person: Person, password: str | None, now: datetime) -> None:
    """Delete the account with all that hangs on it, and take the person out of their orders.

    They prove who they are with the password, or have done so within FRESH. Raises
    ReauthenticationRequired, StaffAccount. Sends `customer.erased`. Not inside a transaction.
    """
    if not _is_proved(person, password, now):
        message = (
            "To delete the account, send the password, or prove who you are at /_allauth/…/auth/reauthenticate first."
        )
        raise ReauthenticationRequired(message)
    with transaction():
        anonymise_orders(customer_id=person.customer_id, email=person.email)
        forget_customer(customer_id=person.customer_id, email=person.email)
        forget_recipient(email=person.email)
        erase_customer(customer_id=person.customer_id, user_id=person.user_id, now=now)


def _is_proved(person: Person, password: str | None, now: datetime) -> bool:
    if password is None:
        return person.confirmed_at is not None and now - person.confirmed_at <= FRESH
    with transaction():
        encoded = User.objects.values_list("password", flat=True).get(pk=person.user_id)
    return check_password(password, encoded)
