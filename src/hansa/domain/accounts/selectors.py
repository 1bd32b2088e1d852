"""Reads: who belongs to this shop, who buys in it, and who is logged in."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.http import HttpRequest

from hansa.domain.accounts.errors import AddressNotFound, NotLoggedIn
from hansa.domain.accounts.models import Customer, CustomerAddress, User
from hansa.domain.accounts.session_keys import opened_by_digest
from hansa.domain.accounts.sessions import SessionStore
from hansa.domain.accounts.types import Person
from hansa.kernel.transactions import transaction


def has_staff() -> bool:
    """Tell whether anybody can log in to the current tenant's back office."""
    with transaction():
        return User.objects.filter(is_staff=True, is_active=True).exists()


def find_customer(email: str) -> Customer | None:
    """Return the customer with this e-mail address, in any case, or None."""
    with transaction():
        return Customer.objects.filter(email=email.strip().lower()).first()


def find_person(session_key: str) -> Person | None:
    """Return the customer who is logged in with this session, or None.

    None also for a session that has expired, was ended, belongs to another shop, to somebody who was
    deactivated, or is older than the password; and for staff who have no customer's account.
    """
    if not 8 <= len(session_key) <= 40 or not session_key.isalnum():  # noqa: PLR2004  (as Django makes them)
        return None
    request = HttpRequest()
    request.session = SessionStore(opened_by_digest(session_key))
    with transaction():
        user_id = get_user(request).pk
        customer = Customer.objects.filter(user_id=user_id).first() if user_id else None
    if user_id is None or customer is None:
        return None
    return Person(
        user_id=user_id,
        customer_id=customer.pk,
        email=customer.email,
        language=customer.language,
        session_key=session_key,
        confirmed_at=_confirmed_at(request.session, user_id),
    )


def get_person(session_key: str) -> Person:
    """Return what `find_person` finds. Raises NotLoggedIn."""
    person = find_person(session_key)
    if person is None:
        message = "Log in first: the session is missing, has ended, or belongs to nobody here."
        raise NotLoggedIn(message)
    return person


def find_customer_of(user_id: UUID) -> Customer | None:
    """Return the customer whose account this is, or None."""
    with transaction():
        return Customer.objects.filter(user_id=user_id).first()


def list_proved_addresses(user_id: UUID) -> list[str]:
    """Return the e-mail addresses, in small letters, of which the person has proved that they are theirs."""
    with transaction():
        proved = EmailAddress.objects.filter(user_id=user_id, verified=True)
        return sorted(email.lower() for email in proved.values_list("email", flat=True))


def get_profile(customer_id: UUID) -> Customer:
    """Return the customer."""
    with transaction():
        return Customer.objects.select_related("group").get(pk=customer_id)


def list_addresses(customer_id: UUID) -> list[CustomerAddress]:
    """Return the customer's address book, the default first."""
    with transaction():
        return list(CustomerAddress.objects.filter(customer_id=customer_id))


def get_address(*, customer_id: UUID, address_id: UUID) -> CustomerAddress:
    """Return an address of the customer's. Raises AddressNotFound."""
    with transaction():
        address = CustomerAddress.objects.filter(customer_id=customer_id, pk=address_id).first()
    if address is None:
        message = "Your address book has no such address."
        raise AddressNotFound(message)
    return address


def _confirmed_at(session: Any, user_id: UUID) -> datetime | None:  # noqa: ANN401  (Django's session)
    """Read what allauth notes of each time somebody proves who they are."""
    if session.get("account_authentication_methods_user") != str(user_id):
        return None
    again = [one for one in session.get("account_authentication_methods") or [] if one.get("reauthenticated")]
    return datetime.fromtimestamp(again[-1]["at"], UTC) if again else None
