"""Turn a priced cart into the draft of an order, or say what it lacks."""

from typing import Any
from uuid import UUID

from hansa.domain.carts.pricing import PricedCart, PricedCartLine
from hansa.domain.orders.types import LineDraft, OrderDraft
from hansa.kernel.errors import FieldError


def missing_for_order(cart: PricedCart) -> tuple[FieldError, ...]:
    """Return what has to be filled in before the cart can become an order."""
    state = cart.state
    missing = []
    if not state.lines:
        missing.append(FieldError("lines", "required", "Put something into the cart."))
    if not state.email:
        missing.append(FieldError("email", "required", "Enter an e-mail address for the confirmation."))
    if cart.needs_shipping:
        if state.shipping_address is None:
            missing.append(FieldError("shipping_address", "required", "Enter where to send it."))
        if state.shipping_method_id is None:
            missing.append(FieldError("shipping_method_id", "required", "Choose how to send it."))
        elif state.shipping_address is not None and cart.shipping is None:
            missing.append(
                FieldError("shipping_method_id", "unavailable", "This way is not offered there. Choose another.")
            )
        if cart.shipping is not None and cart.shipping.pickup_points and cart.pickup is None:
            code = "unavailable" if state.pickup_point_id else "required"
            missing.append(FieldError("pickup_point_id", code, f"Choose where to fetch it: {cart.shipping.name}."))
    elif state.shipping_address is None and state.billing_address is None:
        missing.append(FieldError("billing_address", "required", "Enter a billing address."))
    return tuple(missing)


def order_draft(cart: PricedCart, order_id: UUID) -> OrderDraft:
    """Return the order that the cart becomes: copies of everything, as the buyer sees it now."""
    state, basket = cart.state, cart.basket
    return OrderDraft(
        id=order_id,
        cart_id=state.id,
        customer_id=state.customer_id,
        currency=state.currency,
        email=state.email,
        shipping_address=state.shipping_address,
        billing_address=state.billing_address or state.shipping_address,
        shipping_method=cart.shipping_document(),
        lines=tuple(_line(line) for line in cart.lines),
        subtotal=basket.subtotal,
        discount=basket.discount,
        shipping=basket.shipping_total,
        tax=basket.tax,
        total=basket.total,
        prices_include_tax=basket.prices_include_tax,
        explanation=cart.explanation(),
        language=state.language,
    )


def _line(line: PricedCartLine) -> LineDraft:
    variant, priced = line.variant, line.priced
    assert variant is not None  # noqa: S101  (lines without one have been refused)
    assert priced is not None  # noqa: S101
    taxes: list[dict[str, Any]] = [
        {"name": tax.name, "rate_ppm": tax.rate_ppm, "amount": tax.amount} for tax in priced.taxes
    ]
    return LineDraft(
        variant_id=variant.variant_id,
        product_id=variant.product_id,
        name=variant.name,
        slug=variant.slug,
        sku=variant.sku,
        options=variant.options,
        image=variant.image,
        quantity=priced.quantity,
        unit_price=priced.unit_price,
        subtotal=priced.subtotal,
        discount=priced.discount,
        tax=priced.tax,
        total=priced.total,
        taxes=taxes,
    )
