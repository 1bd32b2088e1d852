"""Product feeds in the back office."""

import re

from starlette.testclient import TestClient

from hansa.domain.work.services.perform import work_off
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.interfaces.backoffice.conftest import filled, messages_of, submit
from tests.worlds import draft, stock_shop

LIST = "/admin/exports/feed/"


def test_a_merchant_switches_a_feed_on_and_off(staff: TestClient, shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    refused = submit(staff, f"{LIST}add/", {"language": "../en"})
    assert "Write a language as en" in messages_of(refused.text)
    answer = submit(staff, f"{LIST}add/", {"language": "en"})
    assert answer.status_code == 302, messages_of(answer.text)
    with tenant_scope(shop):
        work_off(now=now())
    (page,) = set(re.findall(rf"{LIST}[0-9a-f-]+/change/", staff.get(LIST).text))
    shown = staff.get(page).text
    assert f"{shop.slug}.localhost" in shown
    assert "/feeds/google/en.xml" in shown
    assert "Items 1;" in messages_of(shown)
    assert staff.get("/feeds/google/en.xml").status_code == 200
    assert "arrive within 14 days" in messages_of(shown)
    again = filled(shown) | {"backorder_days": "30"}
    shown = staff.post(page.removesuffix("change/") + "do/on/", data=again, follow_redirects=True).text
    assert "arrive within 30 days" in messages_of(shown)
    again = filled(shown) | {"backorder_days": "400"}
    refused = staff.post(page.removesuffix("change/") + "do/on/", data=again, follow_redirects=True)
    assert "less than or equal to 365" in messages_of(refused.text)
    assert "arrive within 30 days" in messages_of(staff.get(page).text)
    done = staff.post(page.removesuffix("change/") + "do/off/", data=filled(shown), follow_redirects=True)
    assert "The feed is off" in messages_of(done.text)
    assert staff.get("/feeds/google/en.xml").status_code == 404
    assert "feed.changed" in messages_of(staff.get("/admin/audit/auditentry/").text)
