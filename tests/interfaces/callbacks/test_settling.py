"""What a provider tells over HTTP settles the order, not only the payment."""

from uuid import UUID

import pytest

from hansa.domain.payments.models import Payment
from hansa.domain.payments.selectors import get_payment
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.providers.manual.provider import ManualProvider
from tests.domain.checkout.stalls import count
from tests.domain.checkout.test_settle import ordered, standing
from tests.faults.invariants import violations
from tests.worlds import browser, entered


@pytest.mark.parametrize(
    ("is_approved", "ends"), [(True, ("paid", "captured")), (False, ("payment_failed", "declined"))]
)
def test_a_callback_settles_the_order(shop: TenantContext, is_approved: bool, ends: tuple[str, str]) -> None:  # noqa: FBT001
    order_id, payment_id = ordered(shop, "needs_action")
    message = decided(shop, payment_id, is_approved=is_approved)
    with browser(shop) as client:
        answers = [client.post("/callbacks/manual", content=message[0], headers=message[1]) for _ in range(2)]
    assert [answer.json()["status"] for answer in answers] == ["applied", "repeated"]
    assert standing(shop, order_id) == ends
    assert count(shop, "SELECT count(*) FROM payments_ledgerentry WHERE kind = 'capture'") == is_approved
    assert violations(shop, settled=False) == []


def decided(shop: TenantContext, payment_id: UUID, *, is_approved: bool) -> tuple[bytes, dict[str, str]]:
    with entered(shop):
        assert Payment.objects.get(pk=payment_id).status == "pending"
        payment = get_payment(payment_id)
    with tenant_scope(shop):
        message = ManualProvider().decide(payment, is_approved=is_approved)
    return message.body, dict(message.headers)
