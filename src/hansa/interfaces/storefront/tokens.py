"""Who may see a cart or an order: whoever holds its token."""

from uuid import UUID

from fastapi import Request

from hansa.domain.carts.errors import CartNotFound
from hansa.domain.orders.errors import OrderNotFound
from hansa.kernel.errors import DomainError, Unauthenticated
from hansa.kernel.tokens import is_token

_MISSING: dict[str, type[DomainError]] = {"cart": CartNotFound, "order": OrderNotFound}


class TokenRequired(Unauthenticated):
    """The request does not say which token it holds."""

    code = "token_required"


def require_token(request: Request, kind: str, identifier: UUID) -> None:
    """Raise unless the request's Authorization header holds the token of this cart or order.

    Without a token TokenRequired; with a wrong one the same as for a thing that does not exist.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != kind or not token:
        message = f"Send the {kind}'s token: `Authorization: {kind.capitalize()} <token>`."
        raise TokenRequired(message)
    check_token(token.strip(), kind, identifier)


def check_token(token: str, kind: str, identifier: UUID) -> None:
    """Raise the same as for a thing that does not exist, unless the token opens it."""
    if not is_token(token, kind, identifier):
        message = f"There is no such {kind}, or the token does not open it."
        raise _MISSING[kind](message)
