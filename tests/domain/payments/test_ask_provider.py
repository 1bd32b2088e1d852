from typing import Any

import pytest
from django.conf import settings

from hansa.domain.payments import breaker
from hansa.domain.payments.breaker import FAILURES_TO_OPEN, PAUSE_SECONDS, Breakers
from hansa.domain.payments.errors import (
    InvalidPaymentMethod,
    PaymentInsideTransaction,
    ProviderSilent,
    ProviderUnavailable,
    UnknownProvider,
)
from hansa.domain.payments.services.pay import pay
from hansa.domain.payments.services.require_provider import require_provider
from hansa.domain.payments.types import Outcome, ProviderAnswer
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.payments.world import open_one, stored


class Moody:
    """A provider that answers as told."""

    name = "moody"
    answers_from_afar = False
    mood: Any = None

    def read_method(self, method: dict[str, Any]) -> str:
        return str(method["method"])

    def pay(self, _request: object) -> Any:
        if isinstance(Moody.mood, Exception):
            raise Moody.mood
        return Moody.mood


@pytest.fixture
def moody(monkeypatch: pytest.MonkeyPatch) -> type[Moody]:
    path = f"{Moody.__module__}.{Moody.__qualname__}"
    monkeypatch.setattr(settings, "PAYMENT_PROVIDERS", settings.PAYMENT_PROVIDERS | {"moody": path})
    return Moody


def test_a_provider_is_never_asked_inside_a_transaction(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        with pytest.raises(PaymentInsideTransaction), transaction():
            pay(provider="manual", request=request)
        assert stored(request.payment_id).status == "created"
        from hansa.providers.manual.models import ManualCharge

        with transaction():
            assert not ManualCharge.objects.exists()


@pytest.mark.parametrize(
    "mood",
    [
        ProviderSilent("nothing came"),
        TimeoutError(),
        ConnectionResetError(),
        KeyError("what the answer lacks"),
        None,
        "paid",
        {"outcome": "paid"},
        ProviderAnswer(Outcome.PAID, "ref", 1998, "EUR"),
        ProviderAnswer(Outcome.PAID, "ref", 1999, "eur"),
        ProviderAnswer(Outcome.AUTHORISED, "ref", 1, "EUR"),
        ProviderAnswer(Outcome.PAID, "x" * 201, 1999, "EUR"),
        ProviderAnswer("paid", None, 1999, "EUR"),  # type: ignore[arg-type]  # as a careless provider might
    ],
)
def test_whatever_a_provider_does_the_answer_is_unknown(shop: TenantContext, moody: type[Moody], mood: Any) -> None:
    moody.mood = mood
    with tenant_scope(shop):
        assert pay(provider="moody", request=open_one(provider="moody")).outcome is Outcome.UNKNOWN


def test_a_true_answer_comes_through(shop: TenantContext, moody: type[Moody]) -> None:
    moody.mood = answer = ProviderAnswer(Outcome.PAID, "ref", 1999, "EUR")
    with tenant_scope(shop):
        assert pay(provider="moody", request=open_one(provider="moody")) == answer


def test_an_unknown_provider_is_named_with_those_there_are(shop: TenantContext) -> None:
    with tenant_scope(shop), pytest.raises(UnknownProvider, match="manual"):
        require_provider(provider="bank", method={})


def test_what_the_client_sent_is_read_before_anything_is_written(shop: TenantContext) -> None:
    with tenant_scope(shop):
        assert require_provider(provider="manual", method={"provider": "manual", "method": "ok"}) == "ok"
        with pytest.raises(InvalidPaymentMethod):
            require_provider(provider="manual", method={"method": "gold"})


def test_shoppers_are_refused_while_a_provider_is_away_and_only_in_that_shop(
    shop: TenantContext, rival: TenantContext, moody: type[Moody]
) -> None:
    moody.mood = TimeoutError()
    with tenant_scope(shop):
        for _ in range(FAILURES_TO_OPEN):
            require_provider(provider="moody", method={"method": "any"})
            pay(provider="moody", request=open_one(provider="moody"))
        with pytest.raises(ProviderUnavailable, match="Nothing was charged"):
            require_provider(provider="moody", method={"method": "any"})
        require_provider(provider="manual", method={"method": "ok"})
    with tenant_scope(rival):
        require_provider(provider="moody", method={"method": "any"})
    with tenant_scope(shop):
        moody.mood = ProviderAnswer(Outcome.DECLINED)
        pay(provider="moody", request=open_one(provider="moody"))  # the sweeper's questions go through, and close it
        require_provider(provider="moody", method={"method": "any"})


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_an_open_breaker_lets_one_try_through_every_few_seconds() -> None:
    clock, key = Clock(), (uuid7(), "moody")
    breakers = Breakers(clock)
    for _ in range(FAILURES_TO_OPEN):
        assert breakers.lets_through(key)
        breakers.failed(key)
    assert not breakers.lets_through(key)
    clock.now += PAUSE_SECONDS
    assert [breakers.lets_through(key) for _ in range(3)] == [True, False, False]
    breakers.failed(key)
    clock.now += PAUSE_SECONDS / 2
    assert not breakers.lets_through(key)
    clock.now += PAUSE_SECONDS / 2
    assert breakers.lets_through(key)
    breakers.succeeded(key)
    assert all(breakers.lets_through(key) for _ in range(3))


def test_failures_between_successes_open_nothing() -> None:
    breakers, key = Breakers(Clock()), (uuid7(), "moody")
    for _ in range(5 * FAILURES_TO_OPEN):
        breakers.failed(key)
        if breakers.lets_through(key):
            breakers.succeeded(key)
    assert breakers.lets_through(key)
    assert breaker.FAILURES_TO_OPEN == 10
