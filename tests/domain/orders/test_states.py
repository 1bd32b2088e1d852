"""The state machine: one table, held by the services and by the database."""

import itertools
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from hansa.domain.orders.models import TRANSITIONS, Order, OrderLine, Status, TimelineEntry
from hansa.domain.orders.services.move import move_order
from hansa.domain.orders.services.place import place_order
from hansa.domain.orders.types import LineDraft, OrderDraft
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext
from hansa.kernel.transactions import transaction
from tests.worlds import NOON, entered


def order_draft(**changes: int) -> OrderDraft:
    line = LineDraft(
        variant_id=uuid4(),
        product_id=uuid4(),
        name="Mug",
        slug="mug",
        sku="M-1",
        options={},
        image=None,
        quantity=2,
        unit_price=500,
        subtotal=1000,
        discount=100,
        tax=144,
        total=900,
        taxes=[],
    )
    amounts = {"subtotal": 1000, "discount": 100, "shipping": 490, "tax": 222, "total": 1390} | changes
    return OrderDraft(
        language="de",
        id=uuid7(),
        cart_id=uuid4(),
        customer_id=None,
        currency="EUR",
        email="Ada@Example.com",
        shipping_address={"country": "DE"},
        billing_address=None,
        shipping_method=None,
        lines=(line,),
        prices_include_tax=True,
        explanation=[],
        **amounts,
    )


def _placed() -> OrderDraft:
    draft = order_draft()
    place_order(draft, actor="customer", now=NOON)
    return draft


def _path_to(status: Status) -> list[Status]:
    """Return a way from the beginning to the status, along the table."""
    ways = {Status.PENDING_PAYMENT: [Status.PENDING_PAYMENT]}
    while status not in ways:
        for origin, way in list(ways.items()):
            for target in TRANSITIONS[origin]:
                ways.setdefault(target, [*way, target])
    return ways[status]


def test_every_status_can_be_reached_and_every_status_has_its_row_in_the_table() -> None:
    assert set(TRANSITIONS) == set(Status)
    assert all(_path_to(status) for status in Status)


@pytest.mark.parametrize(("origin", "target"), list(itertools.permutations(Status, 2)))
def test_the_database_lets_an_order_go_only_where_the_table_says(
    shop: TenantContext, origin: Status, target: Status
) -> None:
    with entered(shop):
        draft = _placed()
        for status in _path_to(origin):
            Order.objects.filter(pk=draft.id).update(status=status)
        if target in TRANSITIONS[origin]:
            Order.objects.filter(pk=draft.id).update(status=target)
        else:
            with pytest.raises(IntegrityError, match="cannot go from"), transaction():
                Order.objects.filter(pk=draft.id).update(status=target)


def test_an_order_begins_by_waiting_for_payment(shop: TenantContext) -> None:
    with entered(shop):
        draft = _placed()
        fields = {f.attname: getattr(Order.objects.get(pk=draft.id), f.attname) for f in Order._meta.concrete_fields}
        with pytest.raises(IntegrityError, match="begins as pending_payment"), transaction():
            Order.objects.create(**(fields | {"id": uuid7(), "number": 77, "status": "paid"}))


def test_the_service_moves_once_and_writes_the_timeline(shop: TenantContext) -> None:
    with entered(shop):
        draft = _placed()

        def pay() -> bool:
            return move_order(order_id=draft.id, to=Status.PAID, kind="paid", actor="x", message="Paid", now=NOON)

        assert [pay(), pay()] == [True, False]
        assert list(TimelineEntry.objects.values_list("kind", "status", "actor")) == [
            ("placed", "pending_payment", "customer"),
            ("paid", "paid", "x"),
        ]


def test_numbers_have_no_gaps_also_when_an_order_is_rolled_back(shop: TenantContext, rival: TenantContext) -> None:
    for number in range(4):
        if number == 1:
            with pytest.raises(ZeroDivisionError), entered(shop):
                _placed()
                _ = 1 / 0
        else:
            with entered(shop):
                _placed()
    with entered(rival):
        _placed()
    with entered(shop):
        assert sorted(Order.objects.values_list("number", flat=True)) == [1001, 1002, 1003]
    with entered(rival):
        assert list(Order.objects.values_list("number", flat=True)) == [1001]


@pytest.mark.parametrize(
    "changes", [{"total": 1391}, {"discount": 99}, {"tax": -1}, {"discount": 1001, "total": 489}, {"shipping": -1}]
)
def test_an_order_that_does_not_add_up_is_refused_by_the_database(shop: TenantContext, changes: dict[str, int]) -> None:
    with entered(shop), pytest.raises(IntegrityError), transaction():
        place_order(order_draft(**changes), actor="customer", now=NOON)


def test_lines_and_timeline_never_change(shop: TenantContext) -> None:
    from django.db import ProgrammingError

    with entered(shop):
        _placed()
        for model, field in ((OrderLine, "name"), (TimelineEntry, "message")):
            with pytest.raises((IntegrityError, ProgrammingError)), transaction():
                model.objects.update(**{field: "changed"})


def test_the_app_cannot_change_the_table_of_states() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('hansa_app', 'orders_transition', 'INSERT, UPDATE, DELETE')")
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT from_status, to_status FROM orders_transition")
        pairs = {(origin.value, target.value) for origin, targets in TRANSITIONS.items() for target in targets}
        assert set(cursor.fetchall()) == pairs
