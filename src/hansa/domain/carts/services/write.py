"""Write a cart and its lines: the statements that the other services share."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from hansa.domain.carts.types import CartState, Line
from hansa.kernel.postgresql.batches import tell
from hansa.kernel.postgresql.statements import Json

_TENANT = "(SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)"

_INSERT = """
    INSERT INTO carts_cart (
        id, customer_id, currency, email, shipping_address, billing_address, shipping_method_id, pickup_point_id,
        promotion_codes, gift_card_codes, language, touched_at
    ) VALUES (
        %(id)s, %(customer_id)s, %(currency)s, %(email)s, %(shipping_address)s::jsonb, %(billing_address)s::jsonb,
        %(shipping_method_id)s, %(pickup_point_id)s, %(promotion_codes)s::jsonb, %(gift_card_codes)s::jsonb,
        %(language)s, %(now)s
    )
"""
_UPDATE = f"""
    UPDATE carts_cart SET
        version = version + 1, customer_id = %(customer_id)s, email = %(email)s,
        shipping_address = %(shipping_address)s::jsonb, billing_address = %(billing_address)s::jsonb,
        shipping_method_id = %(shipping_method_id)s, pickup_point_id = %(pickup_point_id)s,
        promotion_codes = %(promotion_codes)s::jsonb, gift_card_codes = %(gift_card_codes)s::jsonb,
        language = %(language)s,
        touched_at = %(now)s, abandoned_at = NULL, updated_at = %(now)s
    WHERE tenant_id = {_TENANT} AND id = %(id)s
"""  # noqa: S608  (our own constant)
_LINES = """
    INSERT INTO carts_cartline AS l (id, cart_id, variant_id, quantity, seen_price, name)
    SELECT w.id, %(cart_id)s, w.variant_id, w.quantity, w.seen_price, w.name
    FROM jsonb_to_recordset(%(lines)s::jsonb)
        AS w (id uuid, variant_id uuid, quantity integer, seen_price bigint, name text)
    ON CONFLICT (tenant_id, cart_id, variant_id) DO UPDATE
        SET quantity = excluded.quantity, seen_price = excluded.seen_price, name = excluded.name
"""
_REMOVE = f"""
    DELETE FROM carts_cartline
    WHERE tenant_id = {_TENANT} AND cart_id = %(cart_id)s AND id = %(line_id)s
"""  # noqa: S608
_CLOSE = f"""
    UPDATE carts_cart SET status = %(status)s, order_id = %(order_id)s, updated_at = %(now)s
    WHERE tenant_id = {_TENANT} AND id = %(id)s
"""  # noqa: S608
_REOPEN = f"""
    UPDATE carts_cart SET status = 'open', order_id = NULL, version = version + 1, touched_at = %(now)s
    WHERE tenant_id = {_TENANT} AND id = %(cart_id)s AND status = 'ordered' AND order_id = %(order_id)s
"""  # noqa: S608


def insert_cart(state: CartState, *, now: datetime) -> None:
    """Write a new cart with its lines. Needs a transaction; joins its `together()` block."""
    tell(_INSERT, _columns(state, now))
    write_lines(state.id, state.lines)


def update_cart(state: CartState, *, now: datetime) -> None:
    """Write what the cart says of itself, and raise its version by one. Joins the `together()` block."""
    tell(_UPDATE, {key: value for key, value in _columns(state, now).items() if key != "currency"})


def write_lines(cart_id: UUID, lines: Iterable[Line]) -> None:
    """Write these lines; one with the same variant is replaced. Joins the `together()` block."""
    rows = [
        {
            "id": line.id,
            "variant_id": line.variant_id,
            "quantity": line.quantity,
            "seen_price": line.seen_price,
            "name": line.name,
        }
        for line in lines
    ]
    if rows:
        tell(_LINES, {"cart_id": cart_id, "lines": Json(rows)})


def remove_line_row(cart_id: UUID, line_id: UUID) -> None:
    """Delete one line. Joins the `together()` block."""
    tell(_REMOVE, {"cart_id": cart_id, "line_id": line_id})


def close_cart(cart_id: UUID, *, status: str, order_id: UUID | None, now: datetime) -> None:
    """Let nobody change the cart any more: it was `ordered`, `merged` or `expired`. Joins the `together()` block."""
    tell(_CLOSE, {"id": cart_id, "status": status, "order_id": order_id, "now": now})


def reopen_cart(cart_id: UUID, *, order_id: UUID, now: datetime) -> None:
    """Make a cart usable again whose order came to nothing. Joins the `together()` block."""
    tell(_REOPEN, {"cart_id": cart_id, "order_id": order_id, "now": now})


def _columns(state: CartState, now: datetime) -> dict[str, object]:
    return {
        "id": state.id,
        "customer_id": state.customer_id,
        "currency": state.currency,
        "email": state.email,
        "shipping_address": None if state.shipping_address is None else Json(state.shipping_address),
        "billing_address": None if state.billing_address is None else Json(state.billing_address),
        "shipping_method_id": state.shipping_method_id,
        "pickup_point_id": state.pickup_point_id,
        "promotion_codes": Json(list(state.promotion_codes)),
        "gift_card_codes": Json(list(state.gift_card_codes)),
        "language": state.language,
        "now": now,
    }
