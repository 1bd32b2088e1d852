"""Why a socket is closed: what clients see as `event.code`."""

from hansa.kernel.errors import DomainError, Forbidden, NotFound, Unauthenticated, Unavailable

GOING_AWAY = 1001
"""The server stops: connect again."""
TRY_AGAIN = 1013
"""Something that the feed needs does not answer: connect again in a moment."""
NOT_LOGGED_IN = 4401
FORBIDDEN = 4403
NOT_FOUND = 4404
TOO_SLOW = 4408
"""The client does not take what it is sent."""
TOO_LARGE = 4413
"""It sent more than anybody needs to say here."""
TOO_MANY = 4429
"""Too many sockets, or too many messages on one."""

_OF: tuple[tuple[type[DomainError], int], ...] = (
    (Unauthenticated, NOT_LOGGED_IN),
    (Forbidden, FORBIDDEN),
    (NotFound, NOT_FOUND),
    (Unavailable, TRY_AGAIN),
)


def code_of(error: DomainError) -> int:
    """Return the code for an error of the domain."""
    return next((code for kind, code in _OF if isinstance(error, kind)), TRY_AGAIN)
