from datetime import timedelta

import pytest

from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.providers.manual import callbacks
from tests.domain.payments.test_events import told
from tests.domain.payments.world import ledger, open_one, stored
from tests.worlds import browser

HEADERS = {"content-type": "application/json"}


def test_a_signed_callback_settles_the_payment_once(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        signed = callbacks.sign(told(request, "captured"), now=clock.now())
    with browser(shop) as client:
        answers = [
            client.post("/callbacks/manual", content=signed.body, headers=HEADERS | dict(signed.headers))
            for _ in range(2)
        ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json()["status"] for answer in answers] == ["applied", "repeated"]
    with tenant_scope(shop):
        assert stored(request.payment_id).status == "captured"
        assert len(ledger(request.reference)) == 1


@pytest.mark.parametrize("forge", ["body", "none", "old", "tenant"])
def test_a_forged_callback_is_answered_401_and_changes_nothing(
    shop: TenantContext, rival: TenantContext, forge: str
) -> None:
    with tenant_scope(shop):
        request = open_one()
    with tenant_scope(rival if forge == "tenant" else shop):
        shift = timedelta(days=3 if forge == "old" else 0)
        signed = callbacks.sign(told(request, "captured"), now=clock.now() - shift)
    body = signed.body.replace(b"captured", b"refunded") if forge == "body" else signed.body
    headers = HEADERS | ({} if forge == "none" else dict(signed.headers))
    with browser(shop) as client:
        answer = client.post("/callbacks/manual", content=body, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid_callback"
    with tenant_scope(shop):
        assert stored(request.payment_id).status == "created"


def test_a_callback_about_a_payment_of_another_shop_is_taken_and_forgotten(
    shop: TenantContext, rival: TenantContext
) -> None:
    with tenant_scope(shop):
        request = open_one()
    with tenant_scope(rival):
        signed = callbacks.sign(told(request, "captured"), now=clock.now())
    with browser(rival) as client:
        answer = client.post("/callbacks/manual", content=signed.body, headers=HEADERS | dict(signed.headers))
    assert (answer.status_code, answer.json()) == (200, {"status": "not_ours"})
    with tenant_scope(shop):
        assert stored(request.payment_id).status == "created"


def test_only_post_and_only_providers_of_the_shop(shop: TenantContext) -> None:
    with browser(shop) as client:
        assert client.get("/callbacks/manual").status_code == 405
        assert client.post("/callbacks/nobody", content=b"{}").json()["code"] == "unknown_payment_provider"
        assert client.post("/callbacks/manual", content=b"{}").status_code == 401
