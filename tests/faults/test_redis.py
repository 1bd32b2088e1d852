"""F-10: Redis forgets everything, goes away and comes back empty: shoppers notice nothing, guessing stays limited."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from redis import Redis

from hansa.domain.catalog.models import Variant
from hansa.domain.fulfilment.models import ShippingMethod
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.brokers import broker
from tests.faults.buyers import Buyer
from tests.faults.serving import SHORT, quiet, web, worker
from tests.worlds_orders import open_for_business

LOGINS = 5
LIMITS = {
    "HANSA_LIMITS": "on",
    "HANSA_LIMITS_LOGIN": f"{LOGINS}/hour",
    **dict.fromkeys(("HANSA_LIMITS_CART", "HANSA_LIMITS_CHECKOUT", "HANSA_LIMITS_TENANT"), "1000000/minute"),
}


@pytest.fixture
def market(make_tenant: Callable[..., TenantContext]) -> TenantContext:
    tenant = make_tenant("Redis")
    open_for_business(tenant, mugs=5000)
    return tenant


class Shoppers:
    """Two who go on looking and buying, whatever happens; their answers are counted for each moment."""

    def __init__(self, buyer: Buyer) -> None:
        self.buyer = buyer
        self.answers: Counter[tuple[str, str, int]] = Counter()
        self.moment = ""
        self._is_over = threading.Event()
        with tenant_scope(buyer.shop), transaction():
            self._goods = [(Variant.objects.get(product__name="Mug").pk, 1)]
            self._method = ShippingMethod.objects.get(name="Standard").pk

    @contextmanager
    def shopping(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._go_on, args=(what,)) for what in (self._look, self._buy)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            for thread in threads:
                thread.join()

    def during(self, moment: str, *, answers: int = 20) -> None:
        """Return when each of them has been answered so often since now."""
        self.moment = moment
        deadline = time.monotonic() + 60
        while min(self._answered(what) for what in ("look", "buy")) < answers:
            assert time.monotonic() < deadline, self.answers
            time.sleep(0.05)

    def _answered(self, what: str) -> int:
        return sum(
            number for (moment, did, _), number in list(self.answers.items()) if (moment, did) == (self.moment, what)
        )

    def _go_on(self, what: Callable[[str], None]) -> None:
        while not self._is_over.is_set():
            what(self.moment)

    def _look(self, moment: str) -> None:
        for path in ("/", "/api/v1/products?q=mug"):
            self.answers[moment, "look", self.buyer.ask("GET", path).status] += 1

    def _buy(self, moment: str) -> None:
        self.answers[moment, "buy", self.buyer.check_out(self.buyer.fill(self._goods, self._method)).status] += 1


def guess(buyer: Buyer) -> int:
    """Try a wrong password, and return the status."""
    body = {"email": "owner@demo.example", "password": "not the password"}
    return buyer.ask("POST", "/_allauth/app/v1/auth/login", body).status


def test_shoppers_do_not_notice_that_redis_forgets_and_goes_away(market: TenantContext) -> None:
    with ExitStack() as running:
        redis = running.enter_context(broker("redis"))
        assert redis is not None
        settings = SHORT | LIMITS | {"REDIS_URL": redis.url}
        running.enter_context(worker(environment=settings))
        buyer = Buyer(running.enter_context(web(workers=1, environment=settings)).port, market)
        shoppers = Shoppers(buyer)
        with shoppers.shopping():
            shoppers.during("it is there")
            assert [guess(buyer) for _ in range(LOGINS + 1)] == [400] * LOGINS + [429]
            assert Redis.from_url(redis.url).dbsize() > 0
            Redis.from_url(redis.url).flushall()
            shoppers.during("it has forgotten")
            redis.stop()
            shoppers.during("it is away")
            assert guess(buyer) == 400  # this process has counted none of them yet
            assert [guess(buyer) for _ in range(LOGINS)] == [400] * (LOGINS - 1) + [429]
            redis.wipe()
            redis.start()
            shoppers.during("it is back, empty")
        quiet([market])
    statuses = {(did, status) for _, did, status in shoppers.answers}
    assert statuses == {("look", 200), ("buy", 201)}, shoppers.answers
    print(f"\n{sum(shoppers.answers.values())} answers, all as if Redis were there: {dict(shoppers.answers)}")  # noqa: T201
