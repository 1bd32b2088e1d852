"""Ids for many rows at once."""

from uuid import UUID

from hansa.kernel.ids import uuid7

_NO_OVERFLOW = ~(1 << 61)


class IdSeries:
    """Gives UUIDv7s that count up from one random beginning (RFC 9562 §6.2, method 2).

    Each `uuid7()` asks the kernel for randomness, which for the seven ids of a product costs more
    than most of what is done with them.
    """

    def __init__(self) -> None:
        """Begin after every id this process has made."""
        # The highest random bit is cleared, so that counting cannot spill into the variant bits.
        self._last = uuid7().int & _NO_OVERFLOW

    def __call__(self) -> UUID:
        """Return the next id."""
        self._last += 1
        return UUID(int=self._last)
