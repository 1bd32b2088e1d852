from typing import Any

import pytest
from django.conf import settings

from hansa.domain.payments.errors import InvalidRefund, PaymentNotFound, RefundExceedsCaptured, RefundNotFound
from hansa.domain.payments.models import Refund
from hansa.domain.payments.selectors import balance, list_refunds
from hansa.domain.payments.services.charge import charge, reverse_charge
from hansa.domain.payments.services.refund import carry_out_refund, refund, request_refund
from hansa.domain.payments.types import Outcome, ProviderAnswer, RefundAnswer, RefundOutcome
from hansa.domain.work.services.perform import work_off
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import TransactionRequired, transaction
from tests.domain.payments.world import at_once, events, ledger, of_kind, open_one, paid_one, settle
from tests.worlds import NOON, entered

REASON: dict[str, Any] = {"reason_code": "damaged", "actor": "staff:1", "now": NOON}


def test_a_refund_sends_money_back_and_enters_it(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = paid_one()
        done = refund(payment_id=request.payment_id, amount=500, **REASON)
        assert (done.status, done.amount, done.reason_code, done.created_by) == ("succeeded", 500, "damaged", "staff:1")
        assert ("refund", "customer", "provider:manual", 500) in ledger(request.reference)
        assert events(request.payment_id) == ["payment.captured", "payment.refunded"]


def test_never_more_than_was_captured_goes_back(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = paid_one()
        refund(payment_id=request.payment_id, amount=1500, **REASON)
        with pytest.raises(RefundExceedsCaptured, match=r"4\.99"):
            refund(payment_id=request.payment_id, amount=500, **REASON)
        refund(payment_id=request.payment_id, amount=499, **REASON)
        with transaction():
            assert [row.amount for row in list_refunds(request.reference)] == [1500, 499]


@pytest.mark.parametrize("round_number", range(3))
def test_twenty_refunds_at_once_stay_within_what_was_captured(shop: TenantContext, round_number: int) -> None:
    amount = 600 + round_number
    with tenant_scope(shop):
        request = paid_one()
    results = at_once(shop, [lambda: refund(payment_id=request.payment_id, amount=amount, **REASON) for _ in range(20)])
    assert of_kind(results, RefundExceedsCaptured) == 17
    with tenant_scope(shop):
        sent = [entry[3] for entry in ledger(request.reference) if entry[0] == "refund"]
    assert sent == [amount] * 3


def test_nothing_is_refunded_of_a_payment_that_took_nothing(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        with pytest.raises(RefundExceedsCaptured):
            refund(payment_id=request.payment_id, amount=1, **REASON)


@pytest.mark.parametrize(
    "wrong", [{"amount": 0}, {"amount": -5}, {"reason_code": ""}, {"reason_code": "Not a code"}, {"actor": ""}]
)
def test_a_refund_needs_an_amount_a_reason_and_a_person(shop: TenantContext, wrong: dict[str, Any]) -> None:
    with tenant_scope(shop):
        request = paid_one()
        with pytest.raises(InvalidRefund):
            arguments: dict[str, Any] = {"payment_id": request.payment_id, "amount": 500}
            refund(**(arguments | REASON | wrong))
        with transaction():
            assert list_refunds(request.reference) == []


def test_a_refund_requested_in_a_transaction_is_carried_out_by_the_worker(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = paid_one()
    with entered(shop):
        request_refund(
            payment_id=request.payment_id, amount=1999, reason_code="order_expired", actor="system", now=NOON
        )
        assert [row.status for row in list_refunds(request.reference)] == ["created"]
    with tenant_scope(shop):
        work_off(now=NOON)
        with transaction():
            assert [row.status for row in list_refunds(request.reference)] == ["succeeded"]


def test_what_is_requested_counts_before_it_is_sent(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = paid_one()
    with entered(shop):
        request_refund(payment_id=request.payment_id, amount=1999, **REASON)
    with tenant_scope(shop), pytest.raises(RefundExceedsCaptured):
        refund(payment_id=request.payment_id, amount=1, **REASON)


class Hesitant:
    """A provider that answers refunds as told, one after the other."""

    name = "hesitant"
    answers_from_afar = False
    answers: list[RefundAnswer]

    def refund(self, *_: Any) -> RefundAnswer:
        return Hesitant.answers.pop(0)


def _back(amount: int = 500, outcome: RefundOutcome = RefundOutcome.SUCCEEDED) -> RefundAnswer:
    return RefundAnswer(outcome, provider_reference="re-1", amount=amount, currency="EUR")


@pytest.fixture
def hesitant(monkeypatch: pytest.MonkeyPatch) -> type[Hesitant]:
    """Put the hesitant provider where the shop's is."""
    path = f"{Hesitant.__module__}.{Hesitant.__qualname__}"
    monkeypatch.setattr(settings, "PAYMENT_PROVIDERS", settings.PAYMENT_PROVIDERS | {"manual": path})
    return Hesitant


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([RefundAnswer(RefundOutcome.UNKNOWN), _back()], "succeeded"),
        ([_back(outcome=RefundOutcome.PENDING), _back()], "succeeded"),
        ([RefundAnswer(RefundOutcome.UNKNOWN), RefundAnswer(RefundOutcome.FAILED)], "failed"),
        ([_back(amount=600), _back(amount=600)], "created"),
        ([_back(amount=600), _back()], "succeeded"),
    ],
)
def test_a_refund_without_a_clear_answer_is_asked_for_again(
    shop: TenantContext, hesitant: type[Hesitant], answers: list[RefundAnswer], status: str
) -> None:
    with tenant_scope(shop):
        request = open_one()
        settle(request.payment_id, ProviderAnswer(Outcome.PAID, "ref", 1999, "EUR"))
        hesitant.answers = list(answers)
        first = refund(payment_id=request.payment_id, amount=500, **REASON)
        assert first.status == "created"
        again = carry_out_refund(refund_id=first.id, now=NOON)
        assert again.status == status
        entered_refunds = [entry[3] for entry in ledger(request.reference) if entry[0] == "refund"]
        assert entered_refunds == ([500] if status == "succeeded" else [])
        with transaction():
            is_open = Refund.objects.get(pk=first.id).next_check_at is not None
        assert is_open == (status == "created")


def test_another_shops_payment_and_refund_are_not_found(shop: TenantContext, rival: TenantContext) -> None:
    with tenant_scope(shop):
        request = paid_one()
        done = refund(payment_id=request.payment_id, amount=500, **REASON)
    with tenant_scope(rival):
        with pytest.raises(PaymentNotFound):
            refund(payment_id=request.payment_id, amount=500, **REASON)
        with pytest.raises(RefundNotFound):
            carry_out_refund(refund_id=done.id, now=NOON)


def test_a_request_needs_the_callers_transaction(shop: TenantContext) -> None:
    with tenant_scope(shop), pytest.raises(TransactionRequired):
        request_refund(payment_id=uuid7(), amount=1, **REASON)


def test_the_balance_is_the_sum_of_the_ledger(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = paid_one()
        with transaction():
            charge(reference=request.reference, amount=2500, currency="EUR", now=NOON)
        refund(payment_id=request.payment_id, amount=500, **REASON)
        with transaction():
            reverse_charge(reference=request.reference, amount=500, currency="EUR", now=NOON)
            stands = balance(request.reference)
            assert balance(uuid7()) is None
    assert stands is not None
    assert (stands.charged, stands.captured, stands.refunded, stands.paid, stands.due) == (2000, 1999, 500, 1499, 501)
