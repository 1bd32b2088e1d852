"""What crosses the border of accounts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

_NOWHERE = "@erased.invalid"


def nobodys_address(customer_id: UUID, *, number: int = 0) -> str:
    """Return what stands in the place of the e-mail address of a customer who was forgotten; the first, or another."""
    return f"erased-{customer_id}{f'-{number}' if number else ''}{_NOWHERE}"


def is_nobodys_address(email: str) -> bool:
    """Tell whether there is nobody to write to at this address any more."""
    return email.endswith(_NOWHERE)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer who is logged in, and in which session."""

    user_id: UUID
    customer_id: UUID
    email: str
    """In small letters; they have proved that it is theirs."""
    language: str
    """In which the shop writes to them; empty: nobody knows."""
    session_key: str
    confirmed_at: datetime | None
    """When they last gave their password, or a second factor, once more."""


@dataclass(frozen=True, slots=True)
class ProfileChanges:
    """What is to be different; None: as it is."""

    name: str | None = None
    phone: str | None = None
