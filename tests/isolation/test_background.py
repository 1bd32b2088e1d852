"""Work in the background: told of another shop's things, it leaves them alone, and so do our duties."""

from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ObjectDoesNotExist

from hansa.kernel.clock import now
from hansa.kernel.errors import DomainError
from hansa.kernel.tenancy import tenant_scope
from tests.isolation.tables import checksums
from tests.isolation.walls import filters_off, policies_off
from tests.isolation.world import World


def sums(world: World) -> list[dict[str, str]]:
    return [checksums(shop.tenant.id) for shop in (world.theirs, world.third)]


def tell_handlers_of_their_things(world: World) -> int:
    """Tell every handler of our shop that something happened to each kind of thing of theirs."""
    from hansa.domain.events import registry
    from hansa.domain.events.types import HappenedEvent

    ids = {table: rows[0] for table, rows in world.theirs.ids.items() if rows}
    tables = (
        "orders_order",
        "payments_payment",
        "payments_refund",
        "staff_invitation",
        "carts_cart",
        "accounts_customer",
    )
    payload = {f"{table.split('_', 1)[1]}_id": str(ids[table]) for table in tables} | {
        "reference": str(ids["orders_order"])
    }
    told = 0
    with tenant_scope(world.ours.tenant):
        for name, handlers in registry.all_handlers().items():
            for handler in handlers:
                for table in tables:
                    event = HappenedEvent(uuid4(), name, ids[table], payload, now(), now())
                    with suppress(DomainError, LookupError, ObjectDoesNotExist):
                        handler.run([event])
                    told += 1
    return told


def do_our_duties() -> int:
    from hansa.domain.work.registry import all_duties
    from hansa.domain.work.services.perform import work_off

    work_off(now=now())
    return len(all_duties())


def test_background_work_stays_in_its_shop(fresh_world: World, outbox: list[Any]) -> None:
    stays_in_its_shop(fresh_world, outbox)


def stays_in_its_shop(world: World, outbox: list[Any]) -> None:
    before = sums(world)
    assert tell_handlers_of_their_things(world) > 20
    with tenant_scope(world.ours.tenant):
        assert do_our_duties() > 5
    assert sums(world) == before
    letters = [str(letter.message()) for letter in outbox]
    assert letters
    assert not [letter for letter in letters if world.theirs.canary in letter or world.third.canary in letter]


def test_background_work_stays_in_its_shop_without_policies(fresh_world: World, outbox: list[Any]) -> None:
    with policies_off():
        stays_in_its_shop(fresh_world, outbox)


def test_background_work_stays_in_its_shop_without_filters(
    fresh_world: World, outbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    filters_off(monkeypatch)
    stays_in_its_shop(fresh_world, outbox)
