"""Taxes from somebody who knows better than the merchant's table: asked before the transaction, never inside.

Only installations that name a provider in the setting TAX_PROVIDER pay for this with a question more.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from hansa.domain.carts.errors import CartChanged
from hansa.domain.carts.queries import cart_questions, read_cart
from hansa.domain.carts.types import CartState
from hansa.domain.pricing.tax_provider import Destination, get_tax_provider
from hansa.domain.pricing.types import TaxRules
from hansa.kernel.postgresql.batches import ask_together
from hansa.kernel.transactions import transaction


class TaxInsideTransaction(RuntimeError):
    """A tax provider was about to be asked while rows may be locked: a bug in the caller."""


@dataclass(frozen=True, slots=True)
class TaxAhead:
    """What the provider said, and about which destination."""

    destination: Destination
    rules: TaxRules


def destination_of(state: CartState) -> Destination:
    """Return where the cart goes, as taxes see it; empty while nobody knows."""
    return _destination(state.shipping_address or state.billing_address or {})


def tax_ahead(cart_id: UUID, *, now: datetime, new_address: dict[str, Any] | None = None) -> TaxAhead | None:
    """Ask the installation's tax provider about the cart's destination; None when it has none of its own.

    `new_address` is where the cart is about to go. Raises CartNotFound, TaxInsideTransaction, and
    what the provider raises.
    """
    if not settings.TAX_PROVIDER:
        return None
    if new_address is not None:
        return ask_ahead(_destination(new_address), now=now)
    with transaction():
        state = read_cart(*ask_together(cart_questions(cart_id, lock=False)))
    return ask_ahead(destination_of(state), now=now)


def ask_ahead(destination: Destination, *, now: datetime) -> TaxAhead | None:
    """Ask the installation's tax provider about a destination; None when it has none of its own."""
    if not settings.TAX_PROVIDER:
        return None
    if connection.in_atomic_block:
        message = "a tax provider was about to be asked inside a transaction; commit first"
        raise TaxInsideTransaction(message)
    return TaxAhead(destination, get_tax_provider().rates_for(destination, (), now))


def rules_for(state: CartState, ahead: TaxAhead | None) -> TaxRules | None:
    """Return what the provider said about the cart as it is now; None: the merchant's table counts.

    Raises CartChanged when the cart goes somewhere else by now.
    """
    if ahead is None:
        return None
    if ahead.destination != destination_of(state):
        message = "The cart's address was changed meanwhile. See it again, then go on."
        raise CartChanged(message)
    return ahead.rules


def _destination(address: dict[str, Any]) -> Destination:
    return Destination(address.get("country", ""), address.get("region", ""), address.get("postal_code", ""))
