"""A provider that is silent, slow or broken: nobody is charged twice, and no charge is forgotten."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection

from hansa.domain.catalog.models import Variant
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.faults.buyers import Answer, Buyer, FilledCart, crowd, percentile
from tests.faults.psp.bank import FATES, SHARES, Bank, open_bank
from tests.faults.psp.provider import PORT
from tests.faults.serving import quiet, web, worker
from tests.worlds import draft, stock_shop
from tests.worlds_buying import open_shop

MODULE = "tests.faults.psp"
AT_ONCE = 16
OWN = {"HANSA_RESERVATION_SECONDS": "120"}


@pytest.mark.parametrize("buyers", [80, pytest.param(1000, marks=pytest.mark.long)], ids=["short", "long"])
def test_a_provider_with_bad_days_charges_nobody_twice_and_forgets_nobody(
    make_tenant: Callable[..., TenantContext], buyers: int
) -> None:
    shop = make_tenant("Bank")
    world = open_shop(shop)
    stock_shop(shop, draft("Mug", price=1000, stock=100_000))
    with tenant_scope(shop), transaction():
        mug = Variant.objects.get(product__name="Mug").pk
    with open_bank(seed=6) as (bank, port):
        own = OWN | {PORT: str(port)}
        with (
            worker(module=(MODULE, "worker"), environment=own),
            web(module=(MODULE, "serve"), environment=own) as served,
        ):
            buyer = Buyer(served.port, shop)
            carts = [buyer.fill([(mug, 1)], world.method_id, email=f"b{n}@example.com") for n in range(buyers)]
            first: list[Answer] = []

            def buy(cart: FilledCart) -> Answer:
                key = str(uuid4())
                first.append(buyer.check_out(cart, provider="bank", key=key))
                return buyer.keep_trying(cart, provider="bank", key=key)

            answers = crowd([partial(buy, cart) for cart in carts], at_once=AT_ONCE)
            assert {(one.status, one.code) for one in answers} <= {(201, ""), (402, "payment_declined")}
            bank.is_well = True
            settled_in = quiet([shop])
        compare(shop, bank)
    seconds = [one.seconds for one in first]
    print(  # noqa: T201
        f"\nprovider with faults {dict(zip(FATES, SHARES, strict=True))} %, seed 6: {buyers} buyers,"
        f" {dict(bank.fates)}; answers {dict(Counter(one.status for one in first))}; request p50"
        f" {percentile(seconds, 0.5)} ms, p99 {percentile(seconds, 0.99)} ms (bar 3,000 ms);"
        f" quiet after {settled_in:.1f} s"
    )


def compare(shop: TenantContext, bank: Bank) -> None:
    """Hold the bank's own ledger against our orders, in both directions."""
    with tenant_scope(shop), transaction(), connection.cursor() as cursor:
        cursor.execute("""
            SELECT p.id::text, o.status, o.total, p.status, p.amount
            FROM payments_payment p JOIN orders_order o ON o.id = p.reference
        """)
        ours = {payment: facts for payment, *facts in cursor.fetchall()}
    charged = {key: charge["amount"] for key, charge in bank.charges.items() if charge["state"] == "paid"}
    returned: Counter[str] = Counter()
    for one in bank.refunds.values():
        returned[one["charge"]] += one["amount"]
    assert set(charged) <= set(ours), "charged for a payment that we do not know"
    for payment, (order_status, total, status, amount) in ours.items():
        kept = charged.get(payment, 0) - returned[payment]
        assert kept == (total if order_status == "paid" else 0), (payment, order_status, status, amount, kept)
    assert len({p for p in ours if ours[p][0] == "paid"}) == sum(charged[p] - returned[p] > 0 for p in charged)
