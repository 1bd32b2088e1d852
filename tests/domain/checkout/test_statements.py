"""How many statements a checkout costs, counted in what PostgreSQL answers."""

import tempfile
from collections import Counter
from uuid import uuid4

import pytest
from django.db import connection

from hansa.domain.carts.services.create import create_cart
from hansa.domain.carts.types import CartChanges, WantedLine
from hansa.domain.catalog.models import Variant
from hansa.domain.checkout.services.complete import complete_checkout
from hansa.domain.checkout.types import CheckoutRequest, PaymentWish
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.worlds import NOON, draft, entered, stock_shop
from tests.worlds_buying import open_shop, promote

ADA = {
    "first_name": "Ada",
    "last_name": "Byron",
    "line1": "1 High Street",
    "city": "Berlin",
    "postal_code": "10115",
    "country": "DE",
}
OK = PaymentWish("manual", "ok", {"provider": "manual", "method": "ok"})


def _check_out(tenant: TenantContext, lines: int) -> "Counter[str]":
    opened = open_shop(tenant)
    promote(tenant, "Welcome", code="WELCOME")
    stock_shop(tenant, *(draft(f"Mug {n}", price=1000) for n in range(lines)))
    with entered(tenant):
        wanted = [WantedLine(pk, 2) for pk in Variant.objects.values_list("pk", flat=True)]
    changes = CartChanges(
        email="ada@example.com",
        shipping_address=ADA,
        shipping_method_id=opened.method_id,
        promotion_codes=("WELCOME",),
    )
    with tenant_scope(tenant):
        for _ in range(2):  # the first prepares the statements
            cart = create_cart(lines=wanted, changes=changes, now=NOON)
            request = CheckoutRequest(cart.state.id, OK, idempotency_key=str(uuid4()), fingerprint="f")
            with tempfile.TemporaryFile("w+b") as log:
                connection.ensure_connection()
                connection.connection.pgconn.trace(log.fileno())
                complete_checkout(request, now=NOON)
                connection.connection.pgconn.untrace()
                log.seek(0)
                told = [line.split('"')[1] for line in log.read().decode().splitlines() if "CommandComplete" in line]
    return Counter(tag.split()[0] for tag in told)


@pytest.mark.parametrize("lines", [1, 20])
def test_a_checkout_takes_at_most_25_statements_however_many_lines(shop: TenantContext, lines: int) -> None:
    tags = _check_out(shop, lines)
    begun = tags.pop("BEGIN")
    assert tags.pop("COMMIT") == begun == 2
    assert 15 <= sum(tags.values()) <= 25, tags


def test_twenty_lines_take_as_many_statements_as_one(shop: TenantContext, rival: TenantContext) -> None:
    assert abs(_check_out(shop, 1).total() - _check_out(rival, 20).total()) <= 2
