"""What runs inside the checkout costs one statement, and reads no more than the rows that it is about."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from hansa.domain.inventory.services.allocate import allocate
from hansa.domain.inventory.services.extend import extend
from hansa.domain.inventory.services.release import release
from hansa.domain.inventory.services.reserve import reserve
from hansa.kernel.ids import uuid7
from hansa.kernel.transactions import transaction
from tests.architecture.test_hot_queries import _messages
from tests.domain.inventory.goods import SOON, hold, stocked
from tests.worlds import NOON

pytestmark = pytest.mark.usefixtures("in_shop")


@pytest.mark.parametrize(
    "service",
    [
        lambda variants, _: reserve(reference=uuid7(), demands=dict.fromkeys(variants, 1), now=NOON, expires_at=SOON),
        lambda _, held: allocate(reference=held),
        lambda _, held: extend(reference=held, until=SOON),
        lambda _, held: release(reference=held, now=NOON, reason="declined"),
    ],
)
def test_each_service_of_the_checkout_is_one_message(service: Callable[..., Any]) -> None:
    variants = [stocked(f"Thing {number}") for number in range(5)]
    held = [hold({variants[0]: 1}) for _ in range(2)]
    with transaction():
        service(variants, held[0])  # prepares
        sent = _messages(lambda: service(variants, held[1]))
    assert len(sent) == 1, sent
    connection.close()


def test_a_reservation_touches_no_index_of_the_stock_item() -> None:
    """Old versions are tidied away inside their page once they are committed; an index on a counter would end that."""
    mug = stocked(stock=1000)
    counted = []
    for _ in range(20):
        with transaction(), connection.cursor() as cursor:
            reserve(reference=uuid7(), demands={mug: 1}, now=NOON, expires_at=SOON)
            cursor.execute(
                "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'inventory_stockitem'"
            )
            counted.append(cursor.fetchone())
    assert all(updates == in_page for updates, in_page in counted), counted
