"""Let a person who has proved their e-mail address be the customer who is known by it."""

from datetime import datetime
from uuid import UUID

from hansa.domain.accounts.models import Customer, User
from hansa.domain.events.services.record import record
from hansa.kernel.transactions import transaction


def welcome(*, user_id: UUID, email: str, now: datetime, language: str = "") -> Customer:
    """Return the user's customer; the one that is known by the address becomes theirs, or a new one is made.

    The caller has seen that the address is proved. A user who has another customer already keeps it: it
    takes the new address over, unless somebody is known by that. Whoever has no language yet is written to in
    `language` from now on. Sends `customer.verified` when something
    changed; orders that guests placed with the address follow (`orders/handlers.py`). Locks the user.
    """
    email = email.strip().lower()
    with transaction():
        user = User.objects.select_for_update().get(pk=user_id)
        own = Customer.objects.filter(user=user).first()
        known = Customer.objects.filter(email=email).first()
        if own is not None and (own.email == email or known is not None):
            return own
        customer = own or known or Customer(email=email)
        if customer.user_id not in {None, user.pk}:
            return customer
        customer.user, customer.email, customer.name = user, email, customer.name or user.name
        customer.language = customer.language or language
        customer.save()
        record("customer.verified", aggregate_id=customer.pk, payload={}, now=now)
    return customer
