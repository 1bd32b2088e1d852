from datetime import timedelta
from typing import Any

import pytest

from hansa.domain.payments.errors import NotCapturable, NotVoidable
from hansa.domain.payments.selectors import due_payments
from hansa.domain.payments.services.capture import capture
from hansa.domain.payments.services.look_up import look_up
from hansa.domain.payments.services.pay import pay
from hansa.domain.payments.services.reconcile import reconcile
from hansa.domain.payments.services.void import void
from hansa.domain.payments.types import Outcome, PaymentRequest, ProviderAnswer
from hansa.domain.tenants.selectors import get_tenants
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.payments.world import at_once, events, ledger, open_one, paid_one, settle, stored
from tests.worlds import NOON

LATER = NOON + timedelta(minutes=1)


def _due_tenants() -> set[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT payments_payment_due(%s)", [LATER])
        return {row[0] for row in cursor.fetchall()}


def test_a_payment_whose_process_died_is_found_charged(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        pay(provider="manual", request=request)  # and nobody settles
        assert reconcile(now=NOON) == 0
        assert reconcile(now=LATER) == 1
        assert stored(request.payment_id).status == "captured"
        assert ledger(request.reference) == [("capture", "provider:manual", "customer", 1999)]
        assert reconcile(now=LATER) == 0


def test_a_payment_that_was_never_asked_for_is_declined(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        assert reconcile(now=LATER) == 1
        assert stored(request.payment_id).status == "declined"
        late = pay(provider="manual", request=request)
        assert late.outcome is Outcome.DECLINED


def test_a_timeout_is_settled_with_what_the_provider_knows(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one(method="timeout")
        settle(request.payment_id, pay(provider="manual", request=request))
        assert stored(request.payment_id).status == "pending"
        assert reconcile(now=LATER) == 1
        assert stored(request.payment_id).status == "captured"
        assert events(request.payment_id) == ["payment.captured"]


def test_the_worker_learns_which_shops_have_something_open(shop: TenantContext, rival: TenantContext) -> None:
    with tenant_scope(shop):
        open_one()
    with tenant_scope(rival):
        paid_one()
    due = _due_tenants()
    assert shop.id in due
    assert rival.id not in due
    assert get_tenants(list(due))


def test_somebody_else_settles_in_the_same_transaction(shop: TenantContext) -> None:
    told: list[tuple[Any, Outcome]] = []

    def settle_order(*, payment_id: Any, answer: ProviderAnswer, now: Any) -> None:
        from django.db import connection

        assert connection.in_atomic_block
        assert now == LATER
        told.append((payment_id, answer.outcome))

    with tenant_scope(shop):
        request = open_one()
        reconcile(now=LATER, settle=settle_order)
    assert told == [(request.payment_id, Outcome.DECLINED)]


def test_one_that_cannot_be_settled_does_not_keep_the_others_waiting(shop: TenantContext) -> None:
    from hansa.domain.payments.services.apply_answer import apply_answer

    with tenant_scope(shop):
        requests = [open_one() for _ in range(3)]
        broken = requests[0].payment_id

        def breaks_once(*, payment_id: Any, answer: ProviderAnswer, now: Any) -> None:
            if payment_id == broken:
                message = "no"
                raise ValueError(message)
            apply_answer(payment_id=payment_id, answer=answer, now=now)

        assert reconcile(now=LATER, settle=breaks_once) == 2
        assert [stored(request.payment_id).status for request in requests] == ["created", "declined", "declined"]
        with transaction():
            assert due_payments(now=LATER) == []
            assert due_payments(now=LATER + timedelta(minutes=1)) == [broken]


def test_looking_up_and_a_callback_and_the_answer_at_once_end_in_one_capture(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()

    def ask_and_settle() -> None:
        settle(request.payment_id, pay(provider="manual", request=request))

    def find_and_settle() -> None:
        settle(request.payment_id, look_up(payment_id=request.payment_id, now=LATER))

    results = at_once(shop, [ask_and_settle, find_and_settle] * 5)
    assert [result for result in results if isinstance(result, Exception)] == []
    with tenant_scope(shop):
        status, entries = stored(request.payment_id).status, ledger(request.reference)
    assert (status, len(entries)) in {("captured", 1), ("declined", 0)}


def _authorised() -> PaymentRequest:
    return paid_one(method="authorise")


def test_capture_takes_parts_up_to_what_is_held(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = _authorised()
        assert stored(request.payment_id).status == "authorised"
        for amount in (500, 1499):
            capture(payment_id=request.payment_id, amount=amount, key=uuid7(), now=NOON)
        for amount in (1, 0, -1):
            with pytest.raises(NotCapturable):
                capture(payment_id=request.payment_id, amount=amount, key=uuid7(), now=NOON)
        assert [entry[3] for entry in ledger(request.reference)] == [500, 1499]
        assert stored(request.payment_id).next_check_at is None


def test_captures_at_once_take_what_is_held_and_no_more(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = _authorised()
    calls = [lambda: capture(payment_id=request.payment_id, amount=600, key=uuid7(), now=NOON)] * 10
    results = at_once(shop, calls)
    assert {type(result) for result in results} == {type(None), NotCapturable}
    with tenant_scope(shop):
        reconcile(now=LATER)
        assert sum(entry[3] for entry in ledger(request.reference)) == 1800


def test_a_payment_that_is_not_held_is_not_captured(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        with pytest.raises(NotCapturable):
            capture(payment_id=request.payment_id, amount=1, key=uuid7(), now=NOON)


@pytest.mark.parametrize("method", ["authorise", "needs_action"])
def test_what_is_voided_takes_nothing_any_more(shop: TenantContext, method: str) -> None:
    with tenant_scope(shop):
        request = paid_one(method=method)
        void(payment_id=request.payment_id, now=NOON)
        void(payment_id=request.payment_id, now=NOON)
        assert stored(request.payment_id).status == "voided"
        with pytest.raises(NotCapturable):
            capture(payment_id=request.payment_id, amount=1, key=uuid7(), now=NOON)
        assert ledger(request.reference) == []
        assert events(request.payment_id)[-1] == "payment.voided"


def test_money_that_was_taken_is_refunded_not_voided(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = paid_one()
        with pytest.raises(NotVoidable):
            void(payment_id=request.payment_id, now=NOON)


def test_voiding_what_was_paid_meanwhile_finds_the_money(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one(method="timeout")
        settle(request.payment_id, pay(provider="manual", request=request))
        void(payment_id=request.payment_id, now=NOON)
        assert stored(request.payment_id).status == "captured"
        assert len(ledger(request.reference)) == 1
