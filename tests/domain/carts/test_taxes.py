"""A tax provider of the installation's own."""

from collections.abc import Collection, Iterator
from datetime import datetime

import pytest
from django.db import connection
from django.test import override_settings

from hansa.domain.carts.services.change import change_cart
from hansa.domain.carts.services.create import create_cart
from hansa.domain.carts.taxes import TaxInsideTransaction
from hansa.domain.carts.types import CartChanges, WantedLine
from hansa.domain.catalog.models import Variant
from hansa.domain.pricing.tax_provider import Destination, get_tax_provider
from hansa.domain.pricing.types import TaxRate, TaxRules
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.worlds import NOON, draft, entered, stock_shop
from tests.worlds_buying import open_shop

ADA = {
    "first_name": "Ada",
    "last_name": "Byron",
    "line1": "1 High Street",
    "city": "Paris",
    "postal_code": "75001",
    "country": "FR",
}


class TenPercentInFrance:
    """Answers from afar, so to speak."""

    def rates_for(
        self,
        destination: Destination,
        classes: Collection[str],  # noqa: ARG002
        at: datetime,  # noqa: ARG002
        *,
        is_exempt: bool = False,
    ) -> TaxRules:
        assert not connection.in_atomic_block
        rates = (TaxRate("TVA", 100_000),) if destination.country == "FR" else ()
        return TaxRules(
            prices_include_tax=False, rates={"standard": rates}, default_class="standard", is_exempt=is_exempt
        )


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    get_tax_provider.cache_clear()
    yield
    get_tax_provider.cache_clear()


def test_its_rules_count_and_it_is_asked_outside_the_transaction(shop: TenantContext) -> None:
    open_shop(shop)
    stock_shop(shop, draft("Mug", price=1000))
    with entered(shop):
        mug = Variant.objects.get().pk
    with tenant_scope(shop), override_settings(TAX_PROVIDER=f"{__name__}.TenPercentInFrance"):
        cart = create_cart(lines=[WantedLine(mug, 1)], now=NOON)
        assert (cart.basket.tax, cart.basket.total) == (0, 1000)
        cart = change_cart(cart_id=cart.state.id, changes=CartChanges(shipping_address=ADA), now=NOON)
        assert (cart.basket.tax, cart.basket.total) == (100, 1100)


def test_asking_it_inside_a_transaction_is_a_bug(shop: TenantContext) -> None:
    named = override_settings(TAX_PROVIDER=f"{__name__}.TenPercentInFrance")
    with named, entered(shop), pytest.raises(TaxInsideTransaction):
        create_cart(now=NOON)
