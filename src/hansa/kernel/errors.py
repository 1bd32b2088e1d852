"""Everything that can go wrong for a reason the caller can act on.

    DomainError
    ├── Malformed          it lacks what every such request must have     400
    ├── Invalid            the request makes no sense as it is            422
    ├── Unauthenticated    we do not know who asks                        401
    ├── Declined           somebody outside said no (a bank)              402
    ├── Forbidden          we know who asks, and may not                  403
    ├── NotFound           no such thing, or another tenant's             404
    ├── TooSlow            the request took too long to arrive            408
    ├── Conflict           the thing has changed, or is in the way        409
    ├── TooLarge           more bytes than we take                        413
    ├── LimitReached       too many, too often                            429
    └── Unavailable        try again later: nothing was done              503

The numbers are for orientation only; they live in `interfaces/problems.py`. Anything that is
not a DomainError is a bug.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with one field of what was sent."""

    field: str
    code: str
    message: str


class DomainError(Exception):
    """A fact that the caller can act on, with a stable `code` and a sentence that says what to do."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, errors: tuple[FieldError, ...] = ()) -> None:
        """Take the sentence for people and, for forms, what is wrong field by field."""
        super().__init__(message)
        self.message = message
        self.errors = errors


class Malformed(DomainError):
    """The request lacks what every request of its kind must have, such as a header."""

    code = "malformed"


class Invalid(DomainError):
    """The request makes no sense as it is."""

    code = "invalid"


class Unauthenticated(DomainError):
    """We do not know who asks."""

    code = "unauthenticated"


class Declined(DomainError):
    """Somebody outside, a bank for example, said no."""

    code = "declined"


class Forbidden(DomainError):
    """We know who asks, and they may not."""

    code = "forbidden"


class NotFound(DomainError):
    """There is no such thing, or it belongs to another tenant: the answer is the same."""

    code = "not_found"


class TooSlow(DomainError):
    """The request took too long to arrive."""

    code = "too_slow"


class Conflict(DomainError):
    """The thing has changed in the meantime, or is in the way."""

    code = "conflict"


class TooLarge(DomainError):
    """More bytes than we take."""

    code = "too_large"


class LimitReached(DomainError):
    """Too many, or too often."""

    code = "limit_reached"


class Unavailable(DomainError):
    """Try again later: nothing was done."""

    code = "unavailable"
