"""The shop as a shopper meets it: in a browser, on a desk and on a phone, with scripts and without."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from hansa.interfaces.shop.context import PALETTES
from tests.browser.conftest import Visit

pytestmark = pytest.mark.services

Begin = Callable[..., Visit]

ADDRESSES = (
    "/", "/products/", "/c/kitchen/", "/c/kitchen/?attr.material=Stoneware&price_from=x", "/p/morning-bowl/",
    "/p/donaudampfschifffahrtsgesellschaftskapitansmutzenhalterung/", "/search/?q=plate", "/search/?q=zebra",
)  # fmt: skip

# Every word that is shown, with less contrast than WCAG AA asks for.
FAINT_WORDS = """
    () => {
      const parse = (text) => text.match(/[\\d.]+/g).map(Number);
      const linear = (c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
      const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
      const behind = (element) => {
        for (; element; element = element.parentElement) {
          const colour = parse(getComputedStyle(element).backgroundColor);
          if (colour.length === 3 || colour[3] > 0.99) return colour;
        }
        return [255, 255, 255];
      };
      const faint = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
        if (element.closest("[aria-hidden=true]")) continue;
        const style = getComputedStyle(element);
        const [a, b] = [light(parse(style.color)), light(behind(element))];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const size = parseFloat(style.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        if (contrast < (isLarge ? 3 : 4.5)) faint.push(`${walker.currentNode.data.trim()}: ${contrast.toFixed(2)}`);
      }
      return faint;
    }
"""


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_a_shopper_finds_a_bowl_chooses_a_glaze_and_searches_on(visit: Begin, device: str, *, scripts: bool) -> None:
    begun = visit(device, scripts=scripts)
    page = begun.open("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour Street")
    begun.check_page()
    if device == "phone":
        page.locator(".menu summary").click()
        page.get_by_role("navigation", name="All categories").get_by_role("link", name="Kitchen").click()
    else:
        page.get_by_role("navigation", name="Categories", exact=True).get_by_role("link", name="Kitchen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kitchen")
    expect(page.locator(".count")).to_have_text("27 products")
    begun.check_page()
    page.get_by_role("link", name="Morning Bowl").click()
    _choose_the_large_rust_bowl(begun)
    _search(page, "plate")
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “plate”")
    begun.check_page()
    _search(page, "zebra")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing found for “zebra”")
    begun.check_page()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “plate”")


def _choose_the_large_rust_bowl(begun: Visit) -> None:
    page = begun.page
    expect(page.locator(".choose .price")).to_have_text("€29.00")
    begun.check_page()
    page.get_by_role("group", name=re.compile("Colour")).get_by_role("link", name="Rust").click()
    expect(page.locator(".choose .price")).to_contain_text("€31.00")
    expect(page.locator(".choose .former")).to_contain_text("€45.00")
    expect(page.locator(".stock")).to_have_text("Only 2 left")
    expect(page.locator("[data-picture] img[src*=rust]")).to_be_in_viewport(ratio=0.01)
    page.get_by_role("group", name=re.compile("Size")).get_by_role("link", name="Large").click()
    expect(page.locator(".choose .price")).to_contain_text("€41.00")
    expect(page.locator(".stock")).to_have_text("Out of stock")
    expect(page).to_have_url(re.compile(r"/p/morning-bowl/\?variant=[0-9a-f-]{36}"))
    begun.check_page()


def _search(page: Page, words: str) -> None:
    box = page.get_by_role("banner").get_by_label("Search this shop")
    box.fill(words)
    box.press("Enter")


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_a_list_is_filtered_sorted_and_paged(visit: Begin, device: str) -> None:
    begun = visit(device)
    page = begun.open("/c/kitchen/")
    if device == "phone":
        expect(page.get_by_role("link", name="Porcelain")).to_be_hidden()
        page.get_by_role("link", name="Filter", exact=True).click()
    page.get_by_role("link", name="Porcelain").click()
    expect(page.locator(".count")).to_have_text("13 products")
    page.get_by_label("Sort by").select_option("price")
    expect(page.locator(".card h3").first).to_have_text("Plate No. 0")
    page.get_by_role("link", name="Remove the filter Material: Porcelain").click()
    expect(page.locator(".count")).to_have_text("27 products")
    page.get_by_role("link", name="Next page").click()
    expect(page.locator(".card h3")).to_have_text(["Plate No. 23", "Plate No. 24", "Plate No. 25"])
    begun.check_page()
    page.go_back()
    expect(page.locator(".card h3").first).to_have_text("Plate No. 0")


def test_prices_are_filtered_with_the_keyboard_and_without_scripts(visit: Begin) -> None:
    page = visit(scripts=False).open("/c/kitchen/")
    page.get_by_label("From").fill("34,50")
    page.get_by_label("From").press("Enter")
    expect(page.locator(".card h3")).to_have_text(["Plate No. 25"])
    page.get_by_label("Sort by").select_option("name")
    page.get_by_role("button", name="Sort").click()
    expect(page.get_by_label("From")).to_have_value("34.50")
    expect(page.get_by_label("Sort by")).to_have_value("name")


@pytest.mark.parametrize("device", ["desktop", "phone", "small phone"])
def test_nothing_moves_while_slow_pictures_come_in_and_nothing_is_too_wide(visit: Begin, device: str) -> None:
    begun = visit(device)

    def dawdle(route: Route) -> None:
        time.sleep(0.05)
        route.continue_()

    begun.page.route("**/*.svg", dawdle)
    for address in ADDRESSES:
        page = begun.open(address)
        page.mouse.wheel(0, 2000)
        page.wait_for_timeout(250)
        assert page.evaluate("window.shifts") == [], address
        begun.check_page()


def test_choosing_with_scripts_loads_no_new_page_and_keeps_the_focus(visit: Begin) -> None:
    begun = visit()
    page = begun.open("/p/morning-bowl/")
    page.evaluate("window.isStillHere = true")
    rust = page.get_by_role("link", name="Rust")
    rust.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".choose .price")).to_contain_text("€31.00")
    assert page.evaluate("window.isStillHere") is True
    expect(page.get_by_role("link", name="Rust")).to_be_focused()
    expect(page.locator("[data-sku]")).to_have_text("BOWL-Rust-Small")
    expect(page.locator(".thumbs a[aria-current]")).to_have_attribute("href", "#picture-2")
    page.reload()
    expect(page.locator(".choose .price")).to_contain_text("€31.00")
    begun.check_page()


def test_a_thumbnail_brings_its_picture_without_moving_the_page(visit: Begin) -> None:
    page = visit().open("/p/morning-bowl/")
    page.get_by_role("link", name="Picture 3 of 3").click()
    expect(page.locator("#picture-3")).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("window.scrollY") == 0
    assert "#" not in page.url


def test_the_keyboard_reaches_everything_and_one_sees_where_it_is(visit: Begin) -> None:
    page = visit().open("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => {
              const element = document.activeElement;
              const outlines = [getComputedStyle(element), getComputedStyle(element, "::after")];
              const isVisible = outlines.some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2);
              const name = element.innerText || element.name || element.ariaLabel || "";
              return [element.tagName, name.trim(), isVisible];
            }"""
        )
        if focused[0] == "BODY":
            break
        assert focused[2], f"{focused} has the focus and does not show it"
        seen.add(focused[1])
    assert {"Kitchen", "See everything", "Morning Bowl", "q", "Wardrobe"} <= seen


def test_the_skip_link_leads_past_the_menu(visit: Begin) -> None:
    page = visit().open("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)") is True


def test_the_menu_of_a_phone_opens_by_keyboard_and_closes_on_escape(visit: Begin) -> None:
    page = visit("phone").open("/")
    menu = page.get_by_role("navigation", name="All categories")
    page.locator(".menu summary").focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.locator(".menu summary")).to_be_focused()


def test_all_words_can_be_read_in_every_palette(visit: Begin) -> None:
    begun = visit()
    for address in ADDRESSES:
        page = begun.open(address)
        for palette in PALETTES:
            page.evaluate(f"document.body.className = 'palette-{palette}'")
            assert page.evaluate(FAINT_WORDS) == [], (address, palette)


def test_nothing_moves_by_itself_for_those_who_asked_for_less_motion(visit: Begin) -> None:
    page = visit(reduced_motion="reduce").open("/p/morning-bowl/")
    assert page.locator(".strip").evaluate("(strip) => getComputedStyle(strip).scrollBehavior") == "auto"
    assert page.locator(".card img").first.evaluate("(image) => getComputedStyle(image).transitionDuration") == "0s"


def test_a_page_that_does_not_exist_leads_back_into_the_shop(visit: Begin) -> None:
    begun = visit("phone")
    page = begun.open("/p/nothing-here/")
    expect(page.get_by_role("heading", level=1)).to_have_text("This page is not here")
    # The browser itself notes the 404 on the console; that is all it may say.
    assert all("404" in complaint for complaint in begun.complaints)
    page.get_by_role("link", name="Go to the front page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour Street")
