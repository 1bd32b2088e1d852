"""Reserve stock: promise pieces to a reference, all of them or none."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from hansa.domain.inventory.errors import InsufficientStock
from hansa.kernel.errors import FieldError
from hansa.kernel.postgresql.batches import tell
from hansa.kernel.postgresql.statements import Json
from hansa.kernel.transactions import requires_transaction

_RESERVE = """
    SELECT inventory_reserve(
        %(reference)s::uuid, %(demands)s::jsonb, %(now)s::timestamptz, %(expires_at)s::timestamptz
    )
"""
_CONSTRAINT = "inventory_insufficient_stock"


@requires_transaction
def reserve(*, reference: UUID, demands: Mapping[UUID, int], now: datetime, expires_at: datetime) -> None:
    """Hold these quantities (pieces, 1 or more, by variant) for the reference until `expires_at`.

    Bundles take their parts, variants whose stock is not counted take nothing, demand is summed per
    stock item. One statement, decided on locked rows (`reserve.sql`). Raises InsufficientStock with an
    error per short variant, field `lines.<variant id>`; the caller's transaction must then be rolled
    back. A reference can reserve once.

    Inside `together()` the refusal comes when that block ends: wrap the block in `named_shortages()`.
    Locks the variants' stock items, in the order of their ids, until the transaction ends: call it
    late. Events, by the database: `stock.low`, `stock.sold_out`.
    """
    if any(quantity < 1 for quantity in demands.values()):
        message = "a demand is one piece or more"
        raise ValueError(message)
    if not demands:
        return
    wanted = Json({str(variant): quantity for variant, quantity in demands.items()})
    with named_shortages():
        tell(_RESERVE, {"reference": reference, "demands": wanted, "now": now, "expires_at": expires_at})


@contextmanager
def named_shortages() -> Iterator[None]:
    """Turn the database's refusal to reserve into InsufficientStock."""
    try:
        yield
    except IntegrityError as error:
        diagnosis: Any = getattr(error.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", None) != _CONSTRAINT:
            raise
        raise shortage(json.loads(diagnosis.message_detail)) from error


def shortage(missing: Iterable[Mapping[str, Any]]) -> InsufficientStock:
    """Return the refusal: of each `variant` only so many pieces are `left`."""
    errors = tuple(
        FieldError(f"lines.{line['variant']}", InsufficientStock.code, _sentence(int(line["left"]))) for line in missing
    )
    message = "Some of the cart is no longer there in that quantity. Take less of it, or take it out, and try again."
    return InsufficientStock(message, errors=tuple(sorted(errors, key=lambda error: error.field)))


def _sentence(left: int) -> str:
    return f"Only {left} left." if left > 0 else "Sold out."
