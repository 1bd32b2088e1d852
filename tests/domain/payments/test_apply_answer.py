import pytest

from hansa.domain.payments.errors import PaymentNotFound
from hansa.domain.payments.services.apply_answer import apply_answer
from hansa.domain.payments.services.open_payment import open_payment
from hansa.domain.payments.types import Outcome, ProviderAnswer
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import together
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import TransactionRequired
from tests.domain.payments.world import at_once, events, ledger, open_one, settle, stored
from tests.worlds import NOON, entered

PAID = ProviderAnswer(Outcome.PAID, "ref-1", 1999, "EUR")
DECLINED = ProviderAnswer(Outcome.DECLINED, "ref-1", decline_code="card_declined", message="No.")
UNKNOWN = ProviderAnswer(Outcome.UNKNOWN)


def test_a_paid_answer_captures_the_payment_and_enters_the_money(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        settlement = settle(request.payment_id, PAID)
        payment = stored(request.payment_id)
        entries = ledger(request.reference)
        told = events(request.payment_id)
    assert (settlement.status, settlement.previous_status, settlement.has_changed) == ("captured", "created", True)
    assert settlement.is_paid
    assert settlement.reference == request.reference
    assert (payment.status, payment.provider_reference, payment.next_check_at) == ("captured", "ref-1", None)
    assert entries == [("capture", "provider:manual", "customer", 1999)]
    assert told == ["payment.captured"]


def test_the_same_answer_again_changes_nothing(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        settle(request.payment_id, PAID)
        again = settle(request.payment_id, PAID)
        assert (again.status, again.has_changed, again.is_paid) == ("captured", False, True)
        assert len(ledger(request.reference)) == 1
        assert events(request.payment_id) == ["payment.captured"]


def test_a_declined_payment_says_why(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        settlement = settle(request.payment_id, DECLINED)
        settle(request.payment_id, UNKNOWN)
        payment = stored(request.payment_id)
        assert (settlement.decline_code, settlement.is_paid) == ("card_declined", False)
        assert (payment.status, payment.decline_code, payment.message) == ("declined", "card_declined", "No.")
        assert ledger(request.reference) == []
        assert events(request.payment_id) == ["payment.declined"]


def test_money_that_comes_after_a_no_is_not_lost(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        settle(request.payment_id, DECLINED)
        settlement = settle(request.payment_id, PAID)
        assert (settlement.previous_status, settlement.status, settlement.has_changed) == ("declined", "captured", True)
        assert ledger(request.reference) == [("capture", "provider:manual", "customer", 1999)]


def test_a_late_authorised_takes_nothing_back(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        settle(request.payment_id, PAID)
        late = settle(request.payment_id, ProviderAnswer(Outcome.AUTHORISED, "ref-1", 1999, "EUR"))
        assert (late.status, late.has_changed) == ("captured", False)
        assert stored(request.payment_id).next_check_at is None


def test_without_an_answer_the_payment_is_asked_about_again_later_and_later(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        pauses = []
        for _ in range(3):
            settlement = settle(request.payment_id, UNKNOWN)
            payment = stored(request.payment_id)
            assert payment.next_check_at is not None
            pauses.append((payment.next_check_at - NOON).total_seconds())
    assert settlement.status == "pending"
    assert pauses == [5, 10, 20]


def test_what_the_shopper_has_to_do_is_kept_until_it_is_done(shop: TenantContext) -> None:
    action = {"type": "redirect", "url": "/there"}
    with tenant_scope(shop):
        request = open_one()
        settle(request.payment_id, ProviderAnswer(Outcome.NEEDS_ACTION, "ref-1", next_action=action))
        settle(request.payment_id, UNKNOWN)
        assert stored(request.payment_id).next_action == action
        settle(request.payment_id, PAID)
        assert stored(request.payment_id).next_action is None


@pytest.mark.parametrize(
    "answer",
    [
        ProviderAnswer(Outcome.PAID, "ref-1", 2000, "EUR"),
        ProviderAnswer(Outcome.PAID, "ref-1", 1999, "USD"),
        ProviderAnswer(Outcome.PAID, "ref-1", 0, "EUR"),
        ProviderAnswer(Outcome.PAID, "ref-1", -1999, "EUR"),
        ProviderAnswer(Outcome.PAID, "ref-1", None, "EUR"),
        ProviderAnswer(Outcome.PAID, "ref-1", 1999.0, "EUR"),  # type: ignore[arg-type]  # as JSON might have it
        ProviderAnswer(Outcome.PAID, "ref-1", True, "EUR"),  # noqa: FBT003  (as JSON might have it)
        ProviderAnswer(Outcome.AUTHORISED, "ref-1", 500, "EUR"),
        ProviderAnswer(Outcome.PAID, "r" * 201, 1999, "EUR"),
        ProviderAnswer(Outcome.PAID, "r\x00", 1999, "EUR"),
    ],
)
def test_an_answer_that_cannot_be_true_never_pays_and_is_noted(shop: TenantContext, answer: ProviderAnswer) -> None:
    with tenant_scope(shop):
        request = open_one()
        settlement = settle(request.payment_id, answer)
        payment = stored(request.payment_id)
        assert not settlement.is_paid
        assert payment.status == "pending"
        assert payment.mismatch
        assert ledger(request.reference) == []
        assert events(request.payment_id) == ["payment.mismatched"]


def test_a_part_is_captured_and_does_not_pay_for_all(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        settle(request.payment_id, ProviderAnswer(Outcome.AUTHORISED, "ref-1", 1999, "EUR"))
        first = settle(request.payment_id, ProviderAnswer(Outcome.PAID, "ref-1", 500, "EUR"))
        second = settle(request.payment_id, PAID)
        assert (first.captured_amount, first.is_paid) == (500, False)
        assert (second.captured_amount, second.is_paid) == (1999, True)
        assert [amount for _, _, _, amount in ledger(request.reference)] == [500, 1499]


def test_twenty_answers_at_once_enter_the_money_once(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
    results = at_once(shop, [lambda: settle(request.payment_id, PAID) for _ in range(20)])
    with tenant_scope(shop):
        assert sum(result.has_changed for result in results if not isinstance(result, Exception)) == 1
        assert not [result for result in results if isinstance(result, Exception)]
        assert ledger(request.reference) == [("capture", "provider:manual", "customer", 1999)]
        assert events(request.payment_id) == ["payment.captured"]


def test_another_shops_payment_is_not_found(shop: TenantContext, rival: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
    with tenant_scope(rival), pytest.raises(PaymentNotFound):
        settle(request.payment_id, PAID)
    with tenant_scope(shop):
        assert stored(request.payment_id).status == "created"


def test_an_answer_needs_the_callers_transaction(shop: TenantContext) -> None:
    with tenant_scope(shop), pytest.raises(TransactionRequired):
        apply_answer(payment_id=uuid7(), answer=PAID, now=NOON)


def test_a_payment_is_opened_in_the_callers_batch(shop: TenantContext) -> None:
    payment_id = uuid7()
    with entered(shop), together():
        open_payment(
            payment_id=payment_id,
            reference=uuid7(),
            provider="manual",
            method="ok",
            amount=1,
            currency="EUR",
            now=NOON,
        )
    with tenant_scope(shop):
        assert stored(payment_id).status == "created"
