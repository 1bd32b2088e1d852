"""What every payment provider must do. A provider's own test inherits this suite."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from hansa.domain.payments.errors import InvalidCallback, InvalidPaymentMethod
from hansa.domain.payments.providers import get_provider
from hansa.domain.payments.selectors import get_payment
from hansa.domain.payments.services.open_payment import open_payment
from hansa.domain.payments.services.pay import pay
from hansa.domain.payments.services.questions import ask_about_payment, ask_for_refund
from hansa.domain.payments.services.require_provider import require_provider
from hansa.domain.payments.types import Outcome, PaymentRequest, PaymentView, ProviderAnswer, RefundOutcome
from hansa.kernel import clock
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.payments.world import at_once, settle


@dataclass(frozen=True)
class Counter:
    """A provider, and the words with which a client makes it do this or that."""

    provider: str
    paid: Mapping[str, Any]
    declined: Mapping[str, Any]
    needs_action: Mapping[str, Any]
    authorised: Mapping[str, Any]

    def open(self, method: Mapping[str, Any], amount: int = 1999, *, now: datetime | None = None) -> PaymentRequest:
        request = PaymentRequest(
            payment_id=uuid7(),
            reference=uuid7(),
            amount=amount,
            currency="EUR",
            method=method,
            return_url="https://shop.example/checkout/back",
        )
        with transaction():
            open_payment(
                payment_id=request.payment_id,
                reference=request.reference,
                provider=self.provider,
                method=require_provider(provider=self.provider, method=method),
                amount=amount,
                currency="EUR",
                now=now or clock.now(),
            )
        return request

    def pay(self, request: PaymentRequest) -> ProviderAnswer:
        return pay(provider=self.provider, request=request)

    def paid_for(self, request: PaymentRequest) -> PaymentView:
        """Pay, settle, and return the payment."""
        settle(request.payment_id, self.pay(request))
        return self.view(request)

    def view(self, request: PaymentRequest) -> PaymentView:
        with transaction():
            return get_payment(request.payment_id)

    def ask(self, payment: PaymentView, verb: str, *arguments: Any) -> ProviderAnswer:
        return ask_about_payment(
            provider=self.provider,
            ask=lambda provider: getattr(provider, verb)(payment, *arguments),
            amount=payment.amount,
            currency=payment.currency,
            allows_part=True,
        )


class ProviderContract:
    """Inherit it, and give it a fixture `counter`."""

    @pytest.fixture(autouse=True)
    def _in_the_shop(self, shop: TenantContext) -> Any:
        with tenant_scope(shop):
            yield

    def test_paying_takes_all_that_was_asked_for(self, counter: Counter) -> None:
        request = counter.open(counter.paid)
        answer = counter.pay(request)
        assert (answer.outcome, answer.amount, answer.currency) == (Outcome.PAID, 1999, "EUR")
        assert answer.provider_reference

    def test_paying_again_for_the_same_payment_gives_the_same_answer(self, counter: Counter) -> None:
        request = counter.open(counter.paid)
        assert counter.pay(request) == counter.pay(request)

    def test_paying_five_times_at_once_is_one_payment(self, counter: Counter, shop: TenantContext) -> None:
        request = counter.open(counter.paid)
        answers = at_once(shop, [lambda: counter.pay(request)] * 5)
        assert {getattr(answer, "outcome", answer) for answer in answers} == {Outcome.PAID}
        assert len({getattr(answer, "provider_reference", answer) for answer in answers}) == 1

    def test_another_payment_is_another_reference(self, counter: Counter) -> None:
        first, second = (counter.pay(counter.open(counter.paid)) for _ in range(2))
        assert first.provider_reference != second.provider_reference

    def test_a_no_says_why_and_stays_a_no(self, counter: Counter) -> None:
        request = counter.open(counter.declined)
        answer = counter.pay(request)
        assert answer.outcome is Outcome.DECLINED
        assert answer.decline_code
        assert answer.message
        assert counter.ask(counter.view(request), "find").outcome is Outcome.DECLINED

    def test_what_the_shopper_has_to_do_is_told_and_can_be_abandoned(self, counter: Counter) -> None:
        payment = counter.paid_for(counter.open(counter.needs_action))
        assert payment.status == "pending"
        assert payment.next_action is not None
        assert payment.next_action["type"]
        assert counter.ask(payment, "find").outcome is Outcome.NEEDS_ACTION
        assert counter.ask(payment, "void", payment.id).outcome is Outcome.VOIDED
        assert counter.ask(payment, "find").outcome in {Outcome.VOIDED, Outcome.DECLINED}

    def test_held_money_is_taken_when_we_say_so(self, counter: Counter) -> None:
        payment = counter.paid_for(counter.open(counter.authorised))
        assert payment.status == "authorised"
        key = uuid7()
        taken = counter.ask(payment, "capture", 1999, key)
        assert (taken.outcome, taken.amount) == (Outcome.PAID, 1999)
        assert counter.ask(payment, "capture", 1999, key) == taken
        assert counter.ask(payment, "find").amount == 1999

    def test_a_part_of_held_money_can_be_taken(self, counter: Counter) -> None:
        payment = counter.paid_for(counter.open(counter.authorised))
        taken = counter.ask(payment, "capture", 500, uuid7())
        assert (taken.outcome, taken.amount, taken.currency) == (Outcome.PAID, 500, "EUR")

    def test_held_money_that_was_let_go_cannot_be_taken(self, counter: Counter) -> None:
        payment = counter.paid_for(counter.open(counter.authorised))
        assert counter.ask(payment, "void", payment.id).outcome is Outcome.VOIDED
        assert counter.ask(payment, "find").outcome is Outcome.VOIDED
        assert counter.ask(payment, "capture", 1999, uuid7()).outcome is not Outcome.PAID

    def test_letting_go_of_money_that_was_taken_says_that_it_was(self, counter: Counter) -> None:
        payment = counter.paid_for(counter.open(counter.paid))
        answer = counter.ask(payment, "void", payment.id)
        assert (answer.outcome, answer.amount) == (Outcome.PAID, 1999)

    def test_a_refund_is_made_once_per_id(self, counter: Counter) -> None:
        payment = counter.paid_for(counter.open(counter.paid))
        refund_id = uuid7()
        first = ask_for_refund(payment=payment, refund_id=refund_id, amount=500)
        again = ask_for_refund(payment=payment, refund_id=refund_id, amount=500)
        other = ask_for_refund(payment=payment, refund_id=uuid7(), amount=500)
        assert (first.outcome, first.amount, first.currency) == (RefundOutcome.SUCCEEDED, 500, "EUR")
        assert first == again
        assert other.provider_reference != first.provider_reference

    def test_a_payment_that_never_arrived_is_a_no_and_cannot_arrive_later(self, counter: Counter) -> None:
        request = counter.open(counter.paid)
        assert counter.ask(counter.view(request), "find").outcome is Outcome.DECLINED
        assert counter.pay(request).outcome is Outcome.DECLINED

    def test_a_payment_that_never_arrived_can_be_let_go(self, counter: Counter) -> None:
        request = counter.open(counter.paid)
        assert counter.ask(counter.view(request), "void", request.payment_id).outcome is Outcome.VOIDED
        assert counter.pay(request).outcome is not Outcome.PAID

    def test_after_a_crash_we_learn_that_money_was_taken(self, counter: Counter) -> None:
        request = counter.open(counter.paid)
        counter.pay(request)
        payment = counter.view(request)
        assert payment.provider_reference == ""  # the answer was never settled
        found = counter.ask(payment, "find")
        assert (found.outcome, found.amount, found.currency) == (Outcome.PAID, 1999, "EUR")

    @pytest.mark.parametrize("method", [{}, {"method": None}, {"method": 7}, {"method": ""}, {"method": "no' such"}])
    def test_nonsense_is_refused_before_anything_is_written(self, counter: Counter, method: dict[str, Any]) -> None:
        with pytest.raises(InvalidPaymentMethod):
            require_provider(provider=counter.provider, method=method)

    @pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe", b"[" * 100_000])
    def test_an_unsigned_callback_is_refused(self, counter: Counter, body: bytes) -> None:
        for headers in ({}, {"stripe-signature": "t=1,v1=00", "hansa-manual-signature": "t=1,v1=" + "0" * 64}):
            with pytest.raises(InvalidCallback):
                get_provider(counter.provider).read_event(body, headers)
