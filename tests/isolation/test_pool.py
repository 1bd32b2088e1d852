"""Many shops' requests at once, and clients that hang up: no connection brings another shop's rows along."""

import asyncio
import random
from typing import Any

import pytest

from tests.isolation.actors import Actor, own_cart
from tests.isolation.client import Request, hang_up, send
from tests.isolation.world import Shop, World

AT_ONCE = 32
ASKED = 160


def requests_of(shop: Shop) -> list[Request]:
    """Return what shows a shop's own words, by the API and by pages, to a visitor and to its owner."""
    from hansa.kernel.tenancy import tenant_scope
    from hansa.kernel.tokens import make_token

    cart = own_cart(shop)
    with tenant_scope(shop.tenant):
        token = make_token("cart", cart)
    owner = Actor("owner", session=shop.sessions["owner"])
    return [
        Request("GET", shop.host, "/api/v1/products/mug"),
        Request("GET", shop.host, f"/api/v1/carts/{cart}", headers=(("authorization", f"Cart {token}"),)),
        Request("GET", shop.host, "/p/mug/"),
        Request("GET", shop.host, "/admin/accounts/customer/", cookies=owner.cookies()),
    ]


async def ask_all(world: World, seed: int) -> list[tuple[Request, Any]]:
    """Ask in three shops at once; every fourth client hangs up after a few turns of the loop."""
    chance = random.Random(seed)  # noqa: S311
    places = asyncio.Semaphore(AT_ONCE)
    every = [request for shop in world.shops for request in requests_of(shop)]

    async def one(number: int) -> tuple[Request, Any]:
        request = chance.choice(every)
        hangs_up = chance.randrange(1, 40) if number % 4 == 0 else None
        async with places:
            return request, await send(request, cancel_after=hangs_up)

    try:
        return await asyncio.gather(*(one(number) for number in range(ASKED)))
    finally:
        await hang_up()


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)])
def test_shops_that_share_a_process_share_nothing_else(world: World, seed: int) -> None:
    answers = asyncio.run(ask_all(world, seed))
    canary_of = {shop.host: shop.canary for shop in world.shops}
    whole = [(request, answer) for request, answer in answers if answer.status]
    assert len(whole) > ASKED // 2
    assert len(whole) < ASKED, "somebody hung up in the middle"
    for request, answer in whole:
        assert answer.status == 200, (request, answer.text[:300])
        own = canary_of[request.host]
        assert own in answer.text, f"{request.path} of {request.host} does not show its own words"
        assert not [other for other in canary_of.values() if other != own and other in answer.text], request
