"""Product feeds in the management API."""

from collections.abc import Callable

import pytest

from hansa.domain.work.services.perform import work_off
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.interfaces.management.conftest import Integration
from tests.worlds import draft, stock_shop


def test_a_feed_is_switched_on_changed_and_switched_off(
    shop: TenantContext, rival: TenantContext, erp: Integration, integrate: Callable[..., Integration]
) -> None:
    stock_shop(shop, draft("Mug"))
    made = erp.ask("POST", "feeds", {"language": "en"})
    assert made.status_code == 201, made.text
    feed = made.json()
    assert feed | {"status": "pending", "backorder_days": 14, "items": 0, "written_at": None} == feed
    with tenant_scope(shop):
        work_off(now=now())
    assert erp.client.get(feed["path"]).status_code == 200
    again = erp.ask("POST", "feeds", {"language": "en", "backorder_days": 30}).json()
    assert (again["id"], again["backorder_days"], again["items"]) == (feed["id"], 30, 1)
    assert erp.ask("POST", "feeds", {"language": "en"}).json()["backorder_days"] == 30
    assert [one["id"] for one in erp.get("feeds?language=en").json()["items"]] == [feed["id"]]
    assert integrate(rival).get(f"feeds/{feed['id']}").status_code == 404
    assert integrate(rival).ask("POST", f"feeds/{feed['id']}/off").status_code == 404
    assert erp.ask("POST", f"feeds/{feed['id']}/off").json()["status"] == "off"
    assert erp.client.get(feed["path"]).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "language"),
        ({"language": "../en"}, "language"),
        ({"language": "en", "backorder_days": 0}, "backorder_days"),
        ({"language": "en", "backorder_days": 366}, "backorder_days"),
        ({"language": "en", "backorder_days": "14"}, "backorder_days"),
        ({"language": "en", "days": 14}, "days"),
    ],
)
def test_what_no_feed_can_be_is_refused_and_none_is_made(erp: Integration, body: dict[str, object], field: str) -> None:
    refused = erp.ask("POST", "feeds", body)
    assert (refused.status_code, [one["field"] for one in refused.json()["errors"]]) == (422, [field])
    assert erp.get("feeds").json()["items"] == []


def test_who_may_only_look_switches_nothing(
    erp: Integration, integrate: Callable[..., Integration], shop: TenantContext
) -> None:
    viewer = integrate(shop, "settings.view", email="viewer@example.com")
    assert viewer.get("feeds").status_code == 200
    assert viewer.ask("POST", "feeds", {"language": "en"}).status_code == 403
    assert erp.get("feeds").json()["items"] == []
