"""Small worlds for tests of what comes after the sale: somebody has bought."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from hansa.domain.carts.services.create import create_cart
from hansa.domain.carts.types import CartChanges, WantedLine
from hansa.domain.catalog.models import Variant
from hansa.domain.checkout.services.complete import complete_checkout
from hansa.domain.checkout.types import CheckoutRequest, PaymentWish
from hansa.domain.inventory.models import StockItem
from hansa.domain.orders.models import Order
from hansa.domain.payments.selectors import balance
from hansa.domain.payments.types import Balance
from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext
from hansa.kernel.transactions import transaction
from tests.worlds import draft, stock_shop
from tests.worlds_buying import open_shop

ADA = {
    "first_name": "Ada",
    "last_name": "Byron",
    "line1": "1 High Street",
    "city": "Berlin",
    "postal_code": "10115",
    "country": "DE",
}


def open_for_business(tenant: TenantContext, **stock: int) -> None:
    """Let the tenant sell mugs at 10.00 and bowls at 25.00, 50 pieces each unless told otherwise; shipping is 4.90."""
    open_shop(tenant)
    stock_shop(
        tenant,
        draft("Mug", price=1000, stock=stock.get("mugs", 50)),
        draft("Bowl", price=2500, stock=stock.get("bowls", 50)),
    )


def buy(
    *,
    mugs: int = 2,
    bowls: int = 0,
    method: str = "ok",
    email: str = "ada@example.com",
    now: datetime | None = None,
    **changes: Any,
) -> UUID:
    """Buy in the current tenant's shop, which is open for business; returns the order's id."""
    from hansa.domain.fulfilment.models import ShippingMethod

    now = now or clock.now()
    with transaction():
        variants = dict(Variant.objects.values_list("product__name", "pk"))
        changes.setdefault("shipping_method_id", ShippingMethod.objects.get(name="Standard").pk)
    wanted = [WantedLine(variants[name], number) for name, number in (("Mug", mugs), ("Bowl", bowls)) if number]
    cart = create_cart(
        now=now,
        lines=wanted,
        changes=CartChanges(email=email, shipping_address=ADA, **changes),
    )
    answer = complete_checkout(
        CheckoutRequest(
            cart_id=cart.state.id,
            payment=PaymentWish(provider="manual", method=method, details={"provider": "manual", "method": method}),
            idempotency_key=uuid4().hex,
            fingerprint=uuid4().hex,
        ),
        now=now,
    )
    return answer.order_id


def order_of(order_id: UUID) -> Order:
    with transaction():
        return Order.objects.get(pk=order_id)


def books_of(order_id: UUID) -> Balance:
    with transaction():
        books = balance(order_id)
    assert books is not None
    return books


def stock_of(name: str = "Mug") -> tuple[int, int]:
    """Return what is on hand and what of it is reserved."""
    with transaction():
        item = StockItem.objects.get(variant__product__name=name)
        return item.on_hand, item.reserved


def story_of(order_id: UUID) -> list[str]:
    """Return the kinds of the order's timeline."""
    with transaction():
        return list(order_of(order_id).timeline.values_list("kind", flat=True))
