"""Webhooks, what was sent to them, and the log of events, as staff see them."""

import re

from starlette.testclient import TestClient

from hansa.domain.events.models import Event
from hansa.domain.webhooks.models import Delivery, Endpoint
from hansa.kernel.tenancy import TenantContext
from tests.domain.webhooks.receivers import happen, receiving, work
from tests.interfaces.backoffice.conftest import messages_of, submit
from tests.interfaces.backoffice.test_people import operate
from tests.worlds import entered

_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


def test_a_webhook_is_made_and_its_secret_shown_once(staff: TestClient, shop: TenantContext) -> None:
    with receiving(shop) as receiver:
        fields = {"url": receiver.url, "events": "parcel.*\nletter.sent", "concurrency": "1", "description": "ERP"}
        answer = submit(staff, "/admin/webhooks/endpoint/add/", fields)
        assert answer.status_code == 200, messages_of(answer.text)
        assert "no-store" in answer.headers["cache-control"]
        (secret,) = _SECRET.findall(answer.text)
        with entered(shop):
            endpoint = Endpoint.objects.get()
        assert endpoint.filters == ["parcel.*", "letter.sent"]
        page = f"/admin/webhooks/endpoint/{endpoint.pk}/change/"
        assert not _SECRET.search(staff.get(page).text + staff.get("/admin/webhooks/endpoint/").text)
        receiver.secrets = [secret]
        operate(staff, page, "test", {})
        work(shop)
        assert [one["type"] for one in receiver.heard] == ["webhook.test"]
        (successor,) = _SECRET.findall(operate(staff, page, "rotate", {"overlap": "0"}).text)
        receiver.secrets = [successor]
        happen(shop, "letter.sent", "letter.lost")
        work(shop)
        assert [one["type"] for one in receiver.heard] == ["webhook.test", "letter.sent"]
        operate(staff, page, "replay", {"after": "0"})
        work(shop)
        assert len(receiver.heard) == 3
        refused = operate(staff, page, "change", fields | {"url": "https://10.0.0.1/"})
        assert refused.status_code == 422
        operate(staff, page, "change", fields | {"events": "*"})
        operate(staff, page, "switch", {})
    with entered(shop):
        endpoint = Endpoint.objects.get()
        assert (endpoint.filters, endpoint.is_enabled, endpoint.url) == (["*"], False, receiver.url)
    operate(staff, page, "remove", {})
    with entered(shop):
        assert Endpoint.objects.count() == 0


def test_an_address_inside_is_refused_where_it_is_typed_in(staff: TestClient, shop: TenantContext) -> None:
    fields = {"url": "https://169.254.169.254/", "events": "*", "concurrency": "2"}
    answer = submit(staff, "/admin/webhooks/endpoint/add/", fields)
    assert "does not lead to a public server" in answer.text
    with entered(shop):
        assert Endpoint.objects.count() == 0


def test_a_delivery_shows_each_try_and_is_sent_again(staff: TestClient, shop: TenantContext) -> None:
    with receiving(shop, 500) as receiver:
        receiver.subscribe()
        happen(shop, "parcel.sent")
        work(shop)
        with entered(shop):
            delivery = Delivery.objects.get()
            Delivery.objects.update(status="failed")
        page = f"/admin/webhooks/delivery/{delivery.pk}/change/"
        shown = staff.get(page).text
        assert "It answered 500." in shown
        assert "hello from inside" not in shown
        assert "parcel.sent" in staff.get("/admin/webhooks/delivery/").text
        operate(staff, page, "replay", {})
        work(shop)
        assert len(receiver.heard) == 1


def test_an_event_that_failed_is_found_and_handled_again(
    staff: TestClient, shop: TenantContext, rival: TenantContext
) -> None:
    for tenant in (shop, rival):
        happen(tenant, "parcel.sent")
        work(tenant)
        with entered(tenant):
            Event.objects.update(status="failed", last_error=f"ValueError: in {tenant.slug}")
    with entered(shop):
        event = Event.objects.get()
    with entered(rival):
        other = Event.objects.get()
    assert "parcel.sent" in staff.get("/admin/events/event/?status__exact=failed").text
    page = f"/admin/events/event/{event.pk}/change/"
    assert f"ValueError: in {shop.slug}" in staff.get(page).text
    assert staff.get(f"/admin/events/event/{other.pk}/change/").status_code == 404
    operate(staff, page, "retry", {})
    work(shop)
    with entered(shop):
        assert Event.objects.get().status == "done"
