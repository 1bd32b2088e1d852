"""No kept page of one shop, host or person reaches another, and each answer has its own secrets."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from hansa.domain.accounts.models import Customer, CustomerGroup
from hansa.domain.catalog.models import Variant
from hansa.domain.pricing.models import PriceList
from hansa.domain.pricing.services.save_price_list import save_price_list
from hansa.domain.pricing.services.set_prices import PriceDraft, set_prices
from hansa.domain.tenants.services.add_domain import add_domain
from hansa.interfaces.shop.keeping import answer
from hansa.interfaces.shop.keeping.memory import PageMemory
from hansa.kernel.tenancy import TenantContext
from tests.interfaces.conftest import Meet
from tests.interfaces.shop.goods import stock_kitchen
from tests.interfaces.shop.pages import Page, check_page
from tests.interfaces.shop.shopper import Shopper
from tests.interfaces.shop.visits import MEGABYTE, Processes, processes_of
from tests.worlds import browser, draft, entered, stock_shop

PAGES = ("/", "/products/", "/c/kitchen/", "/c/kitchen/?in_stock=1", "/p/shirt/")
_OWN = re.compile(r'nonce="[^"]+"|name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def processes(kitchen: TenantContext, monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    """Return the processes of our shop, stocked."""
    with processes_of(kitchen, monkeypatch) as running:
        yield running


def _without_secrets(source: str) -> str:
    return _OWN.sub("", source)


@pytest.mark.parametrize("address", [*PAGES, "/c/kitchen/?attr.material=Clay&sort=price"])
def test_a_kept_page_is_the_page_made_anew_but_for_its_secrets(processes: Processes, address: str) -> None:
    processes.memories.append(PageMemory(0))
    anew, first, kept = (processes.look(address, process) for process in (2, 0, 0))
    assert [visit.was_kept for visit in (anew, first, kept)] == [False, False, True]
    assert _without_secrets(anew.text) == _without_secrets(first.text) == _without_secrets(kept.text)
    same = {"content-type", "cache-control", "vary", "x-frame-options", "referrer-policy"}
    assert {k: anew.headers.get(k) for k in same} == {k: kept.headers.get(k) for k in same}
    check_page(Page(kept.text), kept.headers["content-security-policy"])
    assert "hole-" not in kept.text


@pytest.mark.parametrize("address", [*PAGES, "/search/?q=mug", "/nowhere/"])
def test_no_cache_between_us_and_the_visitor_keeps_what_has_their_nonce_and_notices(
    processes: Processes, address: str
) -> None:
    for _ in range(2):
        came = processes.client.get(address)
        assert came.headers["cache-control"] == "private, no-cache"


def test_no_page_is_taken_for_another_of_the_same_shop(processes: Processes) -> None:
    processes.memories.append(PageMemory(0))
    addresses = [*PAGES, "/p/mug/", "/p/bowl/", "/c/kitchen/ceramics/", "/c/light/", "/c/kitchen/?sort=price"]
    for address in addresses:
        processes.look(address)
    for address in addresses:
        kept, anew = processes.look(address), processes.look(address, 2)
        assert kept.was_kept
        assert _without_secrets(kept.text) == _without_secrets(anew.text)


@pytest.mark.parametrize("address", PAGES)
def test_two_shops_with_the_same_addresses_have_pages_of_their_own(
    processes: Processes, rival: TenantContext, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    stock_kitchen(rival)
    with processes_of(rival, monkeypatch) as theirs:
        theirs.memories = processes.memories
        ours = processes.look(address).text
        assert rival.name in theirs.look(address).text
        assert rival.name not in processes.look(address).text
        assert rival.slug not in processes.look(address).text
        assert _without_secrets(ours) == _without_secrets(processes.look(address).text)


def test_each_answer_has_a_nonce_and_each_visitor_a_token(processes: Processes, kitchen: TenantContext) -> None:
    visits = [processes.look("/p/shirt/") for _ in range(4)]
    nonces = set()
    for visit in visits:
        (nonce,) = {script["nonce"] for script in Page(visit.text).all("script")}
        assert f"'nonce-{nonce}'" in visit.headers["content-security-policy"]
        nonces.add(nonce)
    tokens = {field["value"] for visit in visits for field in Page(visit.text).all("input", name="csrfmiddlewaretoken")}
    assert len(nonces) == len(tokens) == len(visits)
    with browser(kitchen) as client:
        stranger = Processes(client, processes.patch, processes.memories)
        assert stranger.look("/p/shirt/").was_kept
        stranger.client.get("/p/shirt/")
        assert stranger.client.cookies["csrftoken"] != processes.client.cookies["csrftoken"]


def test_pages_without_forms_give_no_token_away(processes: Processes) -> None:
    for _ in range(2):
        assert "set-cookie" not in processes.look("/c/kitchen/").headers


def test_the_forms_of_a_kept_page_work_and_the_cart_is_only_the_visitor_s(
    processes: Processes, kitchen: TenantContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer, "memory", processes.memories[0])
    assert processes.is_kept("/p/mug/")
    buyer = Shopper(processes.client)
    buyer.add("mug", 2)
    assert "2" in buyer.count
    with browser(kitchen) as client:
        stranger = Processes(client, monkeypatch, processes.memories)
        visit = stranger.look("/p/mug/")
        assert visit.was_kept
        assert "data-cart-count hidden" in visit.text
    mine = processes.look("/p/mug/")
    assert mine.was_kept
    assert "data-cart-count hidden" not in mine.text


def test_what_is_left_to_be_said_is_said_once_and_to_nobody_else(processes: Processes, kitchen: TenantContext) -> None:
    from hansa.interfaces.shop.notices import COOKIE, leave_notices

    assert processes.is_kept("/c/kitchen/")
    with entered(kitchen):
        from django.http import HttpResponse
        from django.test import RequestFactory

        response = HttpResponse()
        leave_notices(RequestFactory().get("/"), response, ["The <mug> is yours."], is_good=True)
    processes.client.cookies.set(COOKIE, response.cookies[COOKIE].value)
    said = processes.look("/c/kitchen/")
    assert said.was_kept
    assert "The &lt;mug&gt; is yours." in said.text
    assert COOKIE in said.headers["set-cookie"]
    with browser(kitchen) as client:
        stranger = Processes(client, processes.patch, processes.memories).look("/c/kitchen/")
    assert stranger.was_kept
    assert "is yours" not in stranger.text


def test_a_customer_with_prices_of_their_own_gets_no_kept_page_and_leaves_none(
    processes: Processes, kitchen: TenantContext, meet: Meet
) -> None:
    ada = meet(kitchen).sign_up()
    with entered(kitchen):
        group = CustomerGroup.objects.create(name="Trade", code="trade")
        Customer.objects.filter(email=ada.email).update(group=group)
        listed = save_price_list(price_list=PriceList(name="Trade", customer_group=group))
        mug = Variant.objects.get(product__name="Mug").pk
        set_prices(price_list_id=listed.pk, prices=[PriceDraft(mug, 333, 1)])
    ada.client.cookies.set("sessionid", ada.token)
    hers = Processes(ada.client, processes.patch, processes.memories)
    for _ in range(2):
        visit = hers.look("/p/mug/")
        assert "3.33" in visit.text
        assert not visit.was_kept
        assert "3.33" not in processes.look("/p/mug/").text
    assert processes.look("/p/mug/").was_kept


def test_each_host_of_a_shop_has_pages_that_name_it(
    processes: Processes, kitchen: TenantContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = f"{kitchen.slug}.example"
    add_domain(slug=kitchen.slug, host=own)
    with browser(host=own) as client:
        there = Processes(client, monkeypatch, processes.memories)
        for address in PAGES:
            processes.look(address)
            there.look(address)
            assert f"http://{own}/" in there.look(address).text
            assert own not in processes.look(address).text


@pytest.mark.parametrize(
    ("address", "is_kept"),
    [
        ("/c/kitchen/?utm_source=letter&x=1", True),
        ("/p/shirt/?utm_source=letter", True),
        ("/p/shirt/?variant=junk", True),
        ("/p/shirt/?variant=00000000-0000-0000-0000-000000000000", False),
        ("/c/kitchen/?price_from=7", False),
        ("/c/kitchen/?price_to=cheap", False),
        ("/c/kitchen/?attr.junk=1", False),
        ("/c/kitchen/?cursor=junk", False),
        ("/c/kitchen/?q=mug", False),
        ("/products/?q=mug", False),
    ],
)
def test_only_what_others_ask_for_too_is_kept_and_junk_changes_nothing(
    processes: Processes,
    address: str,
    is_kept: bool,  # noqa: FBT001
) -> None:
    plain = address.partition("?")[0]
    text = processes.look(plain).text
    visit = processes.look(address)
    assert visit.was_kept is is_kept
    assert len(processes.memories[0]) == 1
    if is_kept:
        assert _without_secrets(visit.text) == _without_secrets(text)


def test_each_variant_has_a_page_that_leads_back_to_it(processes: Processes, kitchen: TenantContext) -> None:
    with entered(kitchen):
        variants = [str(pk) for pk in Variant.objects.filter(product__name="Shirt").values_list("pk", flat=True)]
    for variant in variants:
        address = f"/p/shirt/?variant={variant}"
        assert processes.is_kept(address)
        page = Page(processes.look(address).text)
        assert page.one("input", name="variant")["value"] == variant
        assert page.all("input", name="back")[0]["value"] == f"{address}#choose"


def test_a_merchant_s_text_cannot_be_taken_for_a_hole(processes: Processes, kitchen: TenantContext) -> None:
    planted = "{{ csrf_token }} hole-00000000000000000000000000000000-csrf_token-"
    stock_shop(kitchen, draft("Trap", description=f"<p>{planted}</p>"))
    assert processes.is_kept("/p/trap/")
    assert planted in processes.look("/p/trap/").text


def test_nothing_is_kept_where_there_is_no_memory_for_it(processes: Processes) -> None:
    processes.memories[:] = [PageMemory(0), PageMemory(MEGABYTE)]
    assert not processes.look("/p/mug/", 0).was_kept
    assert not processes.look("/p/mug/", 0).was_kept
    assert len(processes.memories[0]) == 0


def test_who_asks_at_the_same_time_gets_the_same_page(processes: Processes) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def open_one(_: int) -> Any:
        return processes.client.get("/c/kitchen/").text

    with ThreadPoolExecutor(4) as pool:
        pages = {_without_secrets(text) for text in pool.map(open_one, range(12))}
    assert len(pages) == 1
