"""The provider that asks the bank of `bank.py`, as any provider asks its own: over HTTP, trusting nothing."""

import json
import os
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any
from uuid import UUID

from hansa.domain.payments.errors import InvalidCallback, ProviderSilent
from hansa.domain.payments.types import (
    Outcome,
    PaymentRequest,
    PaymentView,
    ProviderAnswer,
    ProviderEvent,
    RefundAnswer,
    RefundOutcome,
)

PATH = f"{__name__}.BankProvider"
PORT = "HANSA_FAULTS_BANK_PORT"


class BankProvider:
    """Charges at the bank."""

    name = "bank"
    answers_from_afar = True

    def read_method(self, method: Mapping[str, Any]) -> str:  # noqa: ARG002
        return "card"

    def pay(self, request: PaymentRequest) -> ProviderAnswer:
        wanted = {"id": str(request.payment_id), "amount": request.amount, "currency": request.currency}
        return self._answer(self._ask("/pay", wanted))

    def find(self, payment: PaymentView) -> ProviderAnswer:
        return self._answer(self._ask("/find", {"id": str(payment.id)}))

    def capture(self, payment: PaymentView, amount: int, key: UUID) -> ProviderAnswer:  # noqa: ARG002
        return self.find(payment)

    def void(self, payment: PaymentView, key: UUID) -> ProviderAnswer:  # noqa: ARG002
        return self.find(payment)

    def refund(self, payment: PaymentView, refund_id: UUID, amount: int) -> RefundAnswer:
        wanted = {"id": str(refund_id), "charge": str(payment.id), "amount": amount}
        told = self._ask("/refund", wanted)
        return RefundAnswer(RefundOutcome.SUCCEEDED, told["id"], told["amount"], payment.currency)

    def read_event(self, body: bytes, headers: Mapping[str, str]) -> ProviderEvent:  # noqa: ARG002
        message = "the bank never calls"
        raise InvalidCallback(message)

    @staticmethod
    def _answer(told: dict[str, Any]) -> ProviderAnswer:
        if told["state"] == "declined":
            return ProviderAnswer(Outcome.DECLINED, told["id"], message="The bank never heard of it.")
        return ProviderAnswer(Outcome.PAID, told["id"], told["amount"], told["currency"])

    @staticmethod
    def _ask(path: str, wanted: dict[str, Any]) -> dict[str, Any]:
        connection = HTTPConnection("127.0.0.1", int(os.environ[PORT]), timeout=60)  # our own time-out must come first
        try:
            connection.request("POST", path, json.dumps(wanted))
            response = connection.getresponse()
            told = response.read()
            if response.status != 200:
                message = f"the bank answers {response.status}"
                raise ProviderSilent(message)
        except (OSError, HTTPException) as error:
            raise ProviderSilent(str(error)) from error
        finally:
            connection.close()
        answer: dict[str, Any] = json.loads(told)
        return answer
