"""A visitor without JavaScript: opens pages, fills in forms and sends them as a browser would."""

from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from tests.interfaces.shop.pages import Page, check_page

ADDRESS = {
    "shipping_first_name": "Ada",
    "shipping_last_name": "Lovelace",
    "shipping_line1": "Harbour Street 1",
    "shipping_postal_code": "20457",
    "shipping_city": "Hamburg",
    "shipping_country": "DE",
}
BUYER = {"email": "ada@example.com", **ADDRESS}


@dataclass
class Shopper:
    """A visitor and the page in front of them."""

    client: TestClient
    page: Page = None  # type: ignore[assignment]  # until a page is opened
    status: int = 0
    url: str = ""
    headers: Any = None

    def open(self, address: str) -> Page:
        """Open an address, following redirects, and check what must hold for every page."""
        return self._take(self.client.get(address))

    def send(self, action: str, *, button: tuple[str, str] | None = None, **fields: str | None) -> Page:
        """Send the form with this address as it stands on the page; a field that is None is left out."""
        filled = self.form(action) | fields | dict([button] if button else [])
        data = {name: value for name, value in filled.items() if value is not None}
        return self._take(self.client.post(action or self.address, data=data))

    def add(self, slug: str, quantity: int = 1, **variant: str) -> Page:
        """Put a product into the cart, from its page."""
        self.open(f"/p/{slug}/" + (f"?variant={variant['variant']}" if variant else ""))
        return self.send("/cart/add", quantity=str(quantity))

    def pay(self, **fields: str | None) -> Page:
        """Press the button of the checkout; the address is Ada's unless told otherwise."""
        return self.send("/checkout", button=("action", "pay"), **(BUYER | {"payment": "manual:ok"} | fields))

    def form(self, action: str) -> dict[str, str]:
        """Return what a browser would send of the form with this address."""
        data: dict[str, str] = {}
        is_inside, chosen = False, ""
        for tag, attributes, _ in self.page.elements:
            if tag == "form":
                is_inside = attributes.get("action", "") == action and (not is_inside or not data)
            if not is_inside:
                continue
            if tag == "input" and "name" in attributes:
                if attributes.get("type") not in {"radio", "checkbox"} or "checked" in attributes:
                    data[attributes["name"]] = attributes.get("value", "")
            elif tag == "select":
                chosen = attributes["name"]
                data[chosen] = ""
            elif tag == "option" and "selected" in attributes:
                data[chosen] = attributes["value"]
        assert data, f"there is no form for {action!r}"
        return data

    @property
    def notices(self) -> str:
        """What stands in the boxes that tell what happened."""
        boxes = [*self.page.all("div", role="alert"), *self.page.all("div", class_="notice notice-good")]
        return " ".join(box["text"] for box in boxes)

    @property
    def count(self) -> str:
        """The number at the cart in the header; empty when nothing is said."""
        badges = [span for span in self.page.all("span") if "data-cart-count" in span]
        return "" if "hidden" in badges[0] else badges[0]["text"]

    @property
    def total(self) -> str:
        """What is to be paid."""
        return self.page.one("div", class_="totals-due")["text"]

    def _take(self, answer: Any) -> Page:
        self.status, self.url, self.headers = answer.status_code, answer.url.path, answer.headers
        self.address = answer.url.raw_path.decode()
        self.page = Page(answer.text)
        if self.status < 500:
            check_page(self.page, answer.headers["content-security-policy"])
            _check_errors(self.page)
        return self.page


def _check_errors(page: Page) -> None:
    """Every field that is wrong names the words that say why, and they are there."""
    ids = {attributes["id"] for _, attributes, _ in page.elements if "id" in attributes}
    for field in [*page.all("input"), *page.all("select")]:
        if field.get("aria-invalid") == "true":
            assert field["aria-describedby"].split(), field
        assert set(field.get("aria-describedby", "").split()) <= ids, field
    for form in page.all("form", method="post"):
        assert form, "a form has no address"
    tokens = page.all("input", name="csrfmiddlewaretoken")
    assert len(tokens) == len(page.all("form", method="post"))
