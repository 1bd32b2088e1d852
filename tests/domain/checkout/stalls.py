"""Shops that sell, and buyers who know the domain: for the checkout's tests."""

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from hansa.domain.carts.services.create import create_cart
from hansa.domain.carts.types import CartChanges, WantedLine
from hansa.domain.catalog.models import Variant
from hansa.domain.checkout.services.claim import fingerprint_of
from hansa.domain.checkout.services.complete import complete_checkout
from hansa.domain.checkout.types import CheckoutAnswer, CheckoutRequest, PaymentWish
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.worlds import NOON, draft, stock_shop

ADA = {"first_name": "Ada", "last_name": "Byron", "line1": "1 High Street", "city": "Berlin", "postal_code": "10115"}
ADDRESS = {"country": "DE", "company": "", "line2": "", "region": "", "phone": ""} | ADA


def stock(tenant: TenantContext, now: datetime = NOON, price: int = 1000, **pieces: int) -> dict[str, UUID]:
    """Put so many pieces of each on sale; returns the variants by name."""
    stock_shop(tenant, *(draft(name, price=price, stock=number) for name, number in pieces.items()), now=now)
    with tenant_scope(tenant), transaction():
        return dict(Variant.objects.values_list("product__name", "pk"))


def fill(
    lines: Iterable[tuple[UUID, int]],
    method_id: UUID,
    *,
    now: datetime = NOON,
    email: str = "ada@example.com",
    **codes: Any,
) -> UUID:
    """Make a cart in the current shop that can be ordered."""
    changes = CartChanges(email=email, shipping_address=ADDRESS, shipping_method_id=method_id, **codes)
    wanted = [WantedLine(variant_id=variant, quantity=quantity) for variant, quantity in lines]
    return create_cart(now=now, lines=wanted, changes=changes).state.id


def check_out(
    cart_id: UUID,
    *,
    now: datetime = NOON,
    key: str = "",
    method: str = "ok",
    provider: str = "manual",
    expected_total: int | None = None,
) -> CheckoutAnswer:
    """Order what is in the cart."""
    body = {"payment": {"provider": provider, "method": method}, "expected_total": expected_total}
    request = CheckoutRequest(
        cart_id=cart_id,
        payment=PaymentWish(provider=provider, method=method, details={"provider": provider, "method": method}),
        idempotency_key=key or str(uuid4()),
        fingerprint=fingerprint_of(cart_id, body),
        expected_total=expected_total,
    )
    return complete_checkout(request, now=now)


def at_once(tenant: TenantContext, calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all of it at the same time, each with a connection of its own; returns results or exceptions, in order."""
    results: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(number: int, call: Callable[[], Any]) -> None:
        start.wait()
        try:
            with tenant_scope(tenant):
                results[number] = call()
        except Exception as error:  # noqa: BLE001  (the test looks at them)
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def count(tenant: TenantContext, sql: str) -> int:
    """Return the number that the question answers in the tenant's tables."""
    with tenant_scope(tenant), transaction(), connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0] or 0)


def deadlocks() -> int:
    """Return how many deadlocks PostgreSQL has had to break in this database, up to now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
