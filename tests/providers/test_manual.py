from collections.abc import Mapping
from typing import Any

import pytest

from hansa.domain.payments.errors import NotDecidable
from hansa.domain.payments.services.ask_provider import ask_provider
from hansa.domain.payments.services.capture import capture
from hansa.domain.payments.services.confirm_payment import confirm_payment
from hansa.domain.payments.services.pay import pay
from hansa.domain.payments.services.questions import ask_for_refund
from hansa.domain.payments.services.receive_event import Received
from hansa.domain.payments.types import Outcome, RefundOutcome
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.tokens import make_token
from hansa.providers.manual import provider as manual
from tests.domain.payments.world import ledger, open_one, settle, stored
from tests.providers.contract import Counter, ProviderContract
from tests.worlds import NOON


def _method(name: str) -> Mapping[str, Any]:
    return {"provider": "manual", "method": name}


@pytest.fixture
def counter() -> Counter:
    return Counter(
        provider="manual",
        paid=_method("ok"),
        declined=_method("declined"),
        needs_action=_method("needs_action"),
        authorised=_method("authorise"),
    )


class TestManual(ProviderContract):
    def test_more_than_was_captured_is_not_refunded(self, counter: Counter) -> None:
        payment = counter.paid_for(counter.open(counter.paid))
        assert ask_for_refund(payment=payment, refund_id=uuid7(), amount=2000).outcome is RefundOutcome.FAILED

    def test_held_money_can_be_taken_in_parts(self, counter: Counter) -> None:
        payment = counter.paid_for(counter.open(counter.authorised))
        for amount in (500, 1000, 499):
            capture(payment_id=payment.id, amount=amount, key=uuid7(), now=NOON)
        assert sorted(entry[3] for entry in ledger(payment.reference)) == [499, 500, 1000]
        assert stored(payment.id).status == "captured"


def test_timeout_charges_and_does_not_answer(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one(method="timeout")
        assert pay(provider="manual", request=request).outcome is Outcome.UNKNOWN
        found = ask_provider(
            name="manual",
            ask=lambda provider: provider.find(_view(request.payment_id)),
            silence=lambda error: error,
            check=lambda answer: answer,
        )
    assert getattr(found, "outcome", found) is Outcome.PAID


def test_slow_answers_in_the_end(shop: TenantContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual, "SLOW_SECONDS", 0.01)
    with tenant_scope(shop):
        assert pay(provider="manual", request=open_one(method="slow")).outcome is Outcome.PAID


@pytest.mark.parametrize(("is_approved", "status"), [(True, "captured"), (False, "declined")])
def test_the_shopper_decides_once(shop: TenantContext, is_approved: bool, status: str) -> None:  # noqa: FBT001
    with tenant_scope(shop):
        request = open_one(method="needs_action")
        answer = pay(provider="manual", request=request)
        settle(request.payment_id, answer)
        link = f"/checkout/confirm/{request.payment_id}?token={make_token('payment', request.payment_id)}"
        assert answer.next_action == {"type": "redirect", "url": link}
        decided = confirm_payment(payment_id=request.payment_id, is_approved=is_approved, now=NOON)
        assert decided is Received.APPLIED
        assert stored(request.payment_id).status == status
        with pytest.raises(NotDecidable):
            confirm_payment(payment_id=request.payment_id, is_approved=True, now=NOON)
        assert stored(request.payment_id).status == status


def _view(payment_id: Any) -> Any:
    from hansa.domain.payments.selectors import get_payment
    from hansa.kernel.transactions import transaction

    with transaction():
        return get_payment(payment_id)
