"""What becomes of a reservation: allocated, extended, released, expired, shipped; each once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from hansa.domain.catalog.models import Variant
from hansa.domain.events.models import Event
from hansa.domain.inventory.errors import InsufficientStock, NothingToShip
from hansa.domain.inventory.models import Reservation, StockItem, StockMovement
from hansa.domain.inventory.services.allocate import allocate
from hansa.domain.inventory.services.extend import extend
from hansa.domain.inventory.services.release import release
from hansa.domain.inventory.services.release_expired import release_expired
from hansa.domain.inventory.services.set_bundle import set_bundle
from hansa.domain.inventory.services.ship import ship
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.inventory.goods import SOON, at_once, counters, hold, stocked
from tests.worlds import NOON

pytestmark = pytest.mark.usefixtures("in_shop")
LATE = SOON + timedelta(seconds=1)


def _committed[R](service: Callable[..., R], **arguments: Any) -> R:
    with transaction():
        return service(**arguments)


def _release(reference: UUID) -> int:
    return _committed(release, reference=reference, now=NOON, reason="declined")


def _states(reference: UUID) -> list[str]:
    with transaction():
        return list(Reservation.objects.filter(reference=reference).values_list("state", flat=True))


def _kinds(reference: UUID) -> list[str]:
    with transaction():
        return list(StockMovement.objects.filter(reference=reference).order_by("pk").values_list("kind", flat=True))


def test_what_is_held_is_allocated_and_may_be_allocated_again() -> None:
    mug, jug = stocked("Mug"), stocked("Jug")
    reference = hold({mug: 2, jug: 1})
    assert _committed(allocate, reference=reference) is True
    assert _committed(allocate, reference=reference) is True
    assert _states(reference) == ["allocated", "allocated"]
    assert counters(mug) == (5, 2)


def test_what_is_no_longer_held_cannot_be_allocated() -> None:
    reference = hold({stocked(): 2})
    _release(reference)
    assert _committed(allocate, reference=reference) is False
    assert _states(reference) == ["released"]


def test_when_one_of_several_is_gone_none_is_allocated() -> None:
    mug, jug = stocked("Mug"), stocked("Jug")
    reference = hold({mug: 2, jug: 1})
    with transaction():
        kept, lost = Reservation.objects.filter(reference=reference).order_by("pk")
        Reservation.objects.filter(pk=lost.pk).update(state="released")
    assert _committed(allocate, reference=reference) is False
    with transaction():
        assert Reservation.objects.get(pk=kept.pk).state == "held"
        Reservation.objects.filter(pk=lost.pk).update(state="held")  # the books must balance again


def test_a_reference_that_had_nothing_to_reserve_is_allocated() -> None:
    assert _committed(allocate, reference=uuid7()) is True


def test_releasing_gives_back_once() -> None:
    mug = stocked(stock=5)
    reference = hold({mug: 2})
    assert _release(reference) == 1
    assert _release(reference) == 0
    assert counters(mug) == (5, 0)
    assert _kinds(reference) == ["reserve", "release"]


def test_what_is_paid_for_can_be_released_too() -> None:
    mug = stocked(stock=5)
    reference = hold({mug: 2})
    _committed(allocate, reference=reference)
    assert _release(reference) == 1
    assert counters(mug) == (5, 0)


def test_what_expired_goes_back_and_is_told_once() -> None:
    mug = stocked(stock=2)
    reference = hold({mug: 2})
    assert release_expired(variant_ids=None, now=SOON) == 0
    assert release_expired(variant_ids=None, now=LATE) == 1
    assert release_expired(variant_ids=None, now=LATE) == 0
    assert counters(mug) == (2, 0)
    with transaction():
        event = Event.objects.get(name="stock.released")
        assert (event.aggregate_id, event.payload["reason"]) == (reference, "expired")


def test_what_is_allocated_never_expires() -> None:
    mug = stocked(stock=2)
    _committed(allocate, reference=hold({mug: 2}))
    assert release_expired(variant_ids=None, now=LATE) == 0
    assert counters(mug) == (2, 2)


def test_only_what_stands_in_somebodys_way_is_released() -> None:
    mug, jug, pair = stocked("Mug"), stocked("Jug"), stocked("Pair")
    set_bundle(bundle_id=pair, components={mug: 2}, now=NOON)
    hold({mug: 1})
    hold({jug: 1})
    assert release_expired(variant_ids=[], now=LATE) == 0
    assert release_expired(variant_ids=[pair], now=LATE) == 1
    assert (counters(mug), counters(jug)) == ((5, 0), (5, 1))


def test_more_than_one_transactions_worth_expires_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    # The package's attribute of the same name may be the function.
    module = importlib.import_module("hansa.domain.inventory.services.release_expired")
    monkeypatch.setattr(module, "AT_ONCE", 3)
    mug = stocked(stock=10)
    for _ in range(10):
        hold({mug: 1})
    assert release_expired(variant_ids=[mug], now=LATE) == 10
    assert counters(mug) == (10, 0)


def test_a_reservation_is_extended_once() -> None:
    reference = hold({stocked(): 1})
    for minutes in (30, 60):
        _committed(extend, reference=reference, until=NOON + timedelta(minutes=minutes))
    with transaction():
        assert Reservation.objects.get(reference=reference).expires_at == NOON + timedelta(minutes=30)
    assert release_expired(variant_ids=None, now=LATE) == 0


def test_extending_never_shortens() -> None:
    reference = hold({stocked(): 1})
    _committed(extend, reference=reference, until=NOON)
    with transaction():
        assert Reservation.objects.get(reference=reference).expires_at == SOON


def test_a_reference_that_another_is_settling_does_not_expire_meanwhile(shop: TenantContext) -> None:
    mug, jug = stocked("Mug"), stocked("Jug")
    reference = hold({mug: 1, jug: 1})
    with transaction():
        assert allocate(reference=reference) is True
        (released,) = at_once([partial(release_expired, variant_ids=None, now=LATE)], shop)
        assert released == 0
    assert _states(reference) == ["allocated", "allocated"]


def test_a_reference_of_which_another_has_one_row_is_left_whole(shop: TenantContext) -> None:
    reference = hold({stocked("Mug"): 1, stocked("Jug"): 1})
    with transaction():
        Reservation.objects.select_for_update().filter(reference=reference).order_by("pk")[:1].get()
        (released,) = at_once([partial(release_expired, variant_ids=None, now=LATE)], shop)
        assert released == 0
    assert _states(reference) == ["held", "held"]
    assert release_expired(variant_ids=None, now=LATE) == 1


def test_sixteen_who_release_the_same_give_back_once(shop: TenantContext) -> None:
    mug = stocked(stock=20)
    references = [hold({mug: 1}) for _ in range(4)]
    works: list[Callable[[], Any]] = [partial(_release, reference) for reference in references * 2]
    works += [partial(release_expired, variant_ids=None, now=LATE)] * 8
    results = at_once(works, shop)
    assert sum(results) == 4
    assert counters(mug) == (20, 0)
    assert [_kinds(reference) for reference in references] == [["reserve", "release"]] * 4


def test_whoever_comes_first_pays_or_expires_never_both(shop: TenantContext) -> None:
    mug = stocked(stock=40)
    references = [hold({mug: 1}) for _ in range(40)]
    works: list[Callable[[], Any]] = [partial(_committed, allocate, reference=reference) for reference in references]
    works += [partial(release_expired, variant_ids=None, now=LATE)] * 4
    paid = at_once(works, shop)[:40]
    assert {type(result) for result in paid} == {bool}
    assert counters(mug) == (40, sum(paid))
    for reference, is_paid in zip(references, paid, strict=True):
        assert _states(reference) == (["allocated"] if is_paid else ["released"])


def test_what_is_shipped_leaves_the_shelf_in_parts() -> None:
    mug = stocked(stock=5)
    reference = hold({mug: 3})
    _committed(allocate, reference=reference)
    ship(reference=reference, quantities={mug: 1}, now=NOON, actor="staff")
    assert counters(mug) == (4, 2)
    assert _states(reference) == ["allocated"]
    with pytest.raises(NothingToShip, match="only 2 are allocated"):
        ship(reference=reference, quantities={mug: 3}, now=NOON, actor="staff")
    assert counters(mug) == (4, 2)
    ship(reference=reference, quantities=None, now=NOON, actor="staff")
    assert counters(mug) == (2, 0)
    assert _states(reference) == ["shipped"]
    ship(reference=reference, quantities=None, now=NOON, actor="staff")
    assert counters(mug) == (2, 0)


def test_after_a_part_was_shipped_only_the_rest_is_released() -> None:
    mug = stocked(stock=5)
    reference = hold({mug: 3})
    _committed(allocate, reference=reference)
    ship(reference=reference, quantities={mug: 1}, now=NOON, actor="staff")
    assert _release(reference) == 1
    assert counters(mug) == (4, 0)


def test_what_is_only_held_cannot_be_shipped() -> None:
    mug = stocked(stock=5)
    reference = hold({mug: 3})
    with pytest.raises(NothingToShip):
        ship(reference=reference, quantities={mug: 1}, now=NOON, actor="staff")


def test_a_deleted_variant_takes_its_stock_and_its_history_along_and_does_not_stop_the_parcel() -> None:
    mug, jug = stocked("Mug"), stocked("Jug")
    reference = hold({mug: 1, jug: 1})
    _committed(allocate, reference=reference)
    with transaction():
        Variant.objects.filter(pk=mug).delete()
        assert not StockItem.objects.filter(variant=mug).exists()
        assert StockMovement.objects.filter(reference=reference).count() == 1
    ship(reference=reference, quantities={mug: 1, jug: 1}, now=NOON, actor="staff")
    assert counters(jug) == (4, 0)


def test_another_shop_can_neither_settle_nor_release_ours(rival: TenantContext) -> None:
    mug = stocked()
    reference = hold({mug: 1})
    with tenant_scope(rival):
        assert _release(reference) == 0
        _committed(extend, reference=reference, until=LATE + timedelta(hours=1))
        assert release_expired(variant_ids=None, now=LATE) == 0
        with pytest.raises(InsufficientStock):
            hold({mug: 1})
    with transaction():
        assert Reservation.objects.get(reference=reference).is_extended is False
    assert counters(mug) == (5, 1)


def test_the_database_names_the_tenants_whose_reservations_expired(shop: TenantContext, rival: TenantContext) -> None:
    hold({stocked(): 1})
    assert shop.id not in _due(SOON - timedelta(seconds=1))
    assert shop.id in _due(LATE)
    assert rival.id not in _due(LATE)


def _due(now: datetime) -> set[UUID]:
    from django.db import connection

    with transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT inventory_reservation_due(%s)", [now])
        return {row[0] for row in cursor.fetchall()}
