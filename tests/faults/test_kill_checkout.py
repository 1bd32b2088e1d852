"""`kill -9` of the web process at every named point of a checkout: nobody loses money, goods or an order."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.db import connection

from hansa.domain.catalog.models import Variant
from hansa.domain.inventory.services.set_bundle import set_bundle
from hansa.domain.payments.services.issue_gift_card import issue_gift_card
from hansa.kernel import clock
from hansa.kernel.faultpoints import POINTS
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.faults.buyers import Answer, Buyer, FilledCart
from tests.faults.serving import SHORT, Running, quiet, wait_until_it_answers, web
from tests.worlds import draft, stock_shop
from tests.worlds_buying import open_shop, promote

ROUNDS = ("ok", "declined", "needs_action", "timeout", "ok")
"""How the buyer means to pay in each round."""


@dataclass(frozen=True)
class Goods:
    """What there is to buy in a shop."""

    mug: UUID
    parcel: UUID
    method_id: UUID
    gift_card: str


def stocked(shop: TenantContext) -> Goods:
    """Stock a mug, and a parcel of a mug and two bowls; a voucher for two; a gift card of ten euros."""
    world = open_shop(shop)
    stock_shop(shop, *(draft(name, price=1000, stock=20) for name in ("Mug", "Bowl", "Parcel")))
    promote(shop, "Welcome", code="WELCOME", usage_limit=2)
    with tenant_scope(shop):
        with transaction():
            ids = dict(Variant.objects.values_list("product__name", "pk"))
        set_bundle(bundle_id=ids["Parcel"], components={ids["Mug"]: 1, ids["Bowl"]: 2}, now=clock.now())
        card = issue_gift_card(amount=1000, currency="EUR", now=clock.now())
    return Goods(ids["Mug"], ids["Parcel"], world.method_id, card.code)


def fill(buyer: Buyer, goods: Goods) -> FilledCart:
    codes = {"promotion_codes": ["WELCOME"], "gift_card_codes": [goods.gift_card]}
    return buyer.fill([(goods.mug, 1), (goods.parcel, 2)], goods.method_id, **codes)


def statuses(shop: TenantContext, cart: FilledCart) -> list[str]:
    with tenant_scope(shop), transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT status FROM orders_order WHERE cart_id = %s ORDER BY number", [cart.id])
        return [status for (status,) in cursor.fetchall()]


def attempt(dying: Running, shop: TenantContext, cart: FilledCart, *, key: str, method: str) -> Answer:
    """Check out, once, at a process that will die of it; it may be a successor that has to come up first."""
    wait_until_it_answers(dying)
    return Buyer(dying.port, shop).check_out(cart, key=key, method=method)


@pytest.mark.parametrize("rounds", [1, pytest.param(len(ROUNDS), marks=pytest.mark.long)], ids=["short", "long"])
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_checkout_ends_with_money_and_order_or_with_neither(
    served: Running, make_tenant: Callable[..., TenantContext], point: str, rounds: int
) -> None:
    shops = []
    for method in ROUNDS[:rounds]:
        if (point, method) == ("checkout.answering", "declined"):
            continue  # a refusal is no answer: it never gets there
        # A server of its own for each round: one whose processes die again and again gives up, as it should.
        with web(die_at=point, environment=SHORT) as dying:
            back, gone = make_tenant("Back"), make_tenant("Gone")
            shops += [back, gone]
            key = str(uuid4())
            for shop in (back, gone):
                goods = stocked(shop)
                buyer = Buyer(served.port, shop)
                cart = fill(buyer, goods)
                answer = attempt(dying, shop, cart, key=key, method=method)
                assert answer.status == 0, f"{point} was not passed: {answer.status} {answer.body[:300]!r}"
                if shop is gone:
                    continue  # this buyer never comes back
                answer = buyer.keep_trying(cart, key=key, method=method)
                # A payment that the sweeper found before the provider was asked is declined for good.
                assert (answer.status, answer.code) in {(201, ""), (402, "payment_declined")}, answer.body
                again = buyer.check_out(cart, key=key, method=method)
                assert (again.status, again.is_replay or again.status == 402) == (answer.status, True)
                assert again.body == answer.body or again.status == 402
                assert len(statuses(shop, cart)) == 1
    last = time.monotonic()
    quiet(shops)
    seconds = time.monotonic() - last
    print(f"\nkilled at {point}: {len(shops)} times; all books settled {seconds:.1f} s after the last")  # noqa: T201
