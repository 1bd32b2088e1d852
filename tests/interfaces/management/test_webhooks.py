"""Webhooks and the log of events in the management API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hansa.domain.events.models import Event
from hansa.domain.webhooks.models import Delivery, Endpoint
from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext
from tests.domain.webhooks.receivers import happen, receiving, work
from tests.worlds import entered


def test_a_webhook_is_made_changed_rotated_tested_and_deleted(
    shop: TenantContext, integrate: Callable[..., Any]
) -> None:
    erp = integrate(shop)
    with receiving(shop) as receiver:
        made = erp.ask("POST", "webhooks", {"url": receiver.url, "filters": ["parcel.*"]})
        assert made.status_code == 201, made.text
        webhook, secret = made.json()["webhook"], made.json()["secret"]
        assert secret.startswith("whsec_")
        at = f"webhooks/{webhook['id']}"
        receiver.secrets = [secret]
        assert erp.ask("POST", f"{at}/test").status_code == 202
        work(shop)
        assert [one["type"] for one in receiver.heard] == ["webhook.test"]
        changed = erp.ask("PATCH", at, {"filters": ["*"], "concurrency": 4, "description": "ERP"})
        assert (changed.json()["filters"], changed.json()["concurrency"]) == (["*"], 4)
        successor = erp.ask("POST", f"{at}/rotate", {"overlap_seconds": 60}).json()["secret"]
        assert successor != secret
        shown = erp.get("webhooks").text + erp.get(at).text + changed.text
        for one in (secret, successor):
            assert one not in shown
            assert one.removeprefix("whsec_") not in shown
        stale = {"If_Match": '"0"'}
        assert erp.ask("DELETE", at, **stale).status_code == 412
        assert erp.ask("DELETE", at).status_code == 204
        assert erp.get(at).status_code == 404


def test_an_address_inside_is_refused_with_the_field_that_is_wrong(
    shop: TenantContext, integrate: Callable[..., Any]
) -> None:
    erp = integrate(shop)
    for url in ("https://169.254.169.254/", "http://shop.example/", "https://user:pw@shop.example/", "nonsense"):
        answer = erp.ask("POST", "webhooks", {"url": url, "filters": ["*"]})
        assert answer.status_code == 422, url
        assert answer.json()["errors"][0]["field"] == "url"
    with entered(shop):
        assert Endpoint.objects.count() == 0


def test_deliveries_show_what_was_sent_and_can_be_sent_again(
    shop: TenantContext, rival: TenantContext, integrate: Callable[..., Any]
) -> None:
    erp, other = integrate(shop), integrate(rival)
    with receiving(shop, 500) as receiver:
        made = receiver.subscribe()
        happen(shop, "parcel.sent")
        work(shop)
        at = f"webhooks/{made.row.pk}/deliveries"
        (row,) = erp.get(f"{at}?status=queued&type=parcel.sent").json()["items"]
        assert (row["tries"], row["last_status_code"]) == (1, 500)
        full = erp.get(f"{at}/{row['id']}").json()
        assert '"type":"parcel.sent"' in full["request_body"]
        (attempt,) = full["attempts"]
        assert (attempt["status_code"], attempt["response_body"]) == (500, "")
        assert attempt["request_headers"]["webhook-id"] == row["event_id"]
        with entered(shop):
            Delivery.objects.update(status="failed")
        assert erp.ask("POST", f"{at}/{row['id']}/replay").status_code == 202
        work(shop)
        assert len(receiver.heard) == 1
        assert other.get(at).status_code == 404
        assert other.ask("POST", f"{at}/{row['id']}/replay").status_code == 404
        assert erp.get(f"webhooks/{row['id']}/deliveries").status_code == 404
        assert erp.get("webhooks/x/deliveries").status_code == 404


def test_the_log_is_replayed_to_a_webhook(shop: TenantContext, integrate: Callable[..., Any]) -> None:
    erp = integrate(shop)
    happen(shop, *["parcel.sent"] * 3)
    with receiving(shop) as receiver:
        work(shop)
        made = receiver.subscribe(concurrency=1)
        at = f"webhooks/{made.row.pk}/replay"
        answer = erp.ask("POST", at, {"after": 1, "since": (clock.now() - timedelta(days=1)).isoformat()})
        assert (answer.status_code, answer.json()) == (202, {"count": 2, "next_after": None})
        work(shop)
        assert [one["sequence"] for one in receiver.heard] == [2, 3]
        erp.ask("PATCH", f"webhooks/{made.row.pk}", {"is_enabled": False})
        refused = erp.ask("POST", at, {})
        assert (refused.status_code, refused.json()["code"]) == (409, "webhook_disabled")


def test_the_log_is_read_on_from_any_number_the_oldest_first(
    shop: TenantContext, integrate: Callable[..., Any]
) -> None:
    erp = integrate(shop)
    happen(shop, "parcel.sent", "parcel.lost", "letter.sent", "parcel.sent")
    happen(shop, "parcel.sent")
    assert erp.get("events").json()["items"] == []
    work(shop)
    seen: list[int] = []
    while True:
        page = erp.get(f"events?after={seen[-1] if seen else 0}&limit=2").json()["items"]
        if not page:
            break
        seen += [one["sequence"] for one in page]
    assert seen == [1, 2, 3, 4, 5]
    first = erp.get("events?limit=1").json()
    assert [one["sequence"] for one in erp.get(f"events?cursor={first['next_cursor']}").json()["items"]] == [2, 3, 4, 5]
    (one,) = erp.get("events?type=letter.sent").json()["items"]
    assert (one["type"], one["data"], one["status"]) == ("letter.sent", {"number": 2}, "done")
    assert [each["sequence"] for each in erp.get("events?type=parcel.*&after=1").json()["items"]] == [2, 4, 5]
    assert [each["id"] for each in erp.get(f"events?aggregate_id={one['aggregate_id']}").json()["items"]] == [one["id"]]
    assert erp.get("events?after=-1").status_code == 422


def test_what_failed_is_handled_again(shop: TenantContext, integrate: Callable[..., Any]) -> None:
    erp = integrate(shop)
    happen(shop, "parcel.sent")
    work(shop)
    (event,) = erp.get("events").json()["items"]
    refused = erp.ask("POST", f"events/{event['id']}/retry")
    assert (refused.status_code, refused.json()["code"]) == (409, "event_has_not_failed")
    with entered(shop):
        Event.objects.update(status="failed", last_error="ValueError: not today")
    (failed,) = erp.get("events?status=failed").json()["items"]
    assert failed["last_error"] == "ValueError: not today"
    assert erp.ask("POST", f"events/{event['id']}/retry").json()["status"] == "pending"
    work(shop)
    assert erp.get(f"events/{event['id']}").json()["status"] == "done"


def test_looking_and_changing_are_allowed_apart(shop: TenantContext, integrate: Callable[..., Any]) -> None:
    viewer = integrate(shop, "webhooks.view", "events.view")
    with receiving(shop) as receiver:
        made = receiver.subscribe()
    at = f"webhooks/{made.row.pk}"
    assert viewer.get("webhooks").status_code == viewer.get(f"{at}/deliveries").status_code == 200
    for method, path in (("POST", "webhooks"), ("PATCH", at), ("DELETE", at), ("POST", f"{at}/test")):
        assert viewer.ask(method, path, {}).status_code == 403
    nobody = integrate(shop, "orders.view", email="eve@example.com")
    for path in ("webhooks", at, f"{at}/deliveries", "events"):
        assert nobody.get(path).status_code == 403
