"""Forget a person who asks for it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password

from hansa.domain.accounts.errors import ReauthenticationRequired
from hansa.domain.accounts.models import Customer, User
from hansa.domain.accounts.selectors import list_proved_addresses
from hansa.domain.accounts.services.erase_customer import erase_customer
from hansa.domain.accounts.types import Person
from hansa.domain.carts.services.forget_customer import forget_customer
from hansa.domain.checkout.services.forget_answers import forget_answers
from hansa.domain.exports.services.forget_people import forget_people
from hansa.domain.notifications.services.forget_recipient import forget_recipient
from hansa.domain.orders.selectors import find_first_order_time, list_own_order_ids
from hansa.domain.orders.services.anonymise import anonymise_orders
from hansa.domain.orders.services.lock import lock_orders
from hansa.domain.pricing.services.forget_buyer import forget_buyer
from hansa.domain.staff.services.forget_invited import forget_invited
from hansa.kernel.transactions import transaction

FRESH = timedelta(minutes=5)
"""How long typing the password once more counts."""


def erase_person(*, person: Person, password: str | None, now: datetime) -> None:
    """Delete the account with all that hangs on it, and take the person out of everything that stays.

    What a merchant must keep is about nobody then: orders, payments, the ledger, uses of promotions. An order that
    is still to be sent keeps its address until it is. They prove who they are with the password, or have done so
    within FRESH. Raises ReauthenticationRequired, StaffAccount. Sends `customer.erased`. Not inside a transaction.
    """
    if not _is_proved(person, password, now):
        message = (
            "To delete the account, send the password, or prove who you are at /_allauth/…/auth/reauthenticate first."
        )
        raise ReauthenticationRequired(message)
    with transaction():
        _forget(person, now)


def _forget(person: Person, now: datetime) -> None:
    customer_id = person.customer_id
    emails = {person.email, *list_proved_addresses(person.user_id)}
    order_ids = list_own_order_ids(customer_id=customer_id, emails=emails)
    lock_orders(order_ids)  # before any of them is changed, in the one order that there is
    for email in sorted(emails):
        anonymise_orders(customer_id=customer_id, email=email)
        forget_customer(customer_id=customer_id, email=email)
    forget_buyer(references=order_ids, emails=emails, customer_id=customer_id)
    forget_answers(order_ids=order_ids)
    forget_recipient(emails=emails, order_ids=order_ids)
    forget_invited(emails=emails, customer_id=customer_id, now=now)
    forget_people(since=_first_heard_of(customer_id, order_ids))
    erase_customer(customer_id=customer_id, user_id=person.user_id, now=now)


def _first_heard_of(customer_id: UUID, order_ids: Collection[UUID]) -> datetime:
    """Return when the shop first heard of them: they may have bought as a guest before they had an account."""
    known = Customer.objects.values_list("created_at", flat=True).get(pk=customer_id)
    return min([known, *find_first_order_time(order_ids)])


def _is_proved(person: Person, password: str | None, now: datetime) -> bool:
    if password is None:
        return person.confirmed_at is not None and now - person.confirmed_at <= FRESH
    with transaction():
        encoded = User.objects.values_list("password", flat=True).get(pk=person.user_id)
    return check_password(password, encoded)
