"""What the fuzzer found once, and shall not find again."""

from typing import Any
from uuid import uuid4

import pytest

from hansa.kernel.tenancy import TenantContext
from tests.interfaces.conftest import Meet
from tests.people import Person
from tests.worlds import draft, entered, stock_shop
from tests.worlds_buying import open_shop

NUL = "a\x00b"


@pytest.fixture
def cart(meet: Meet, shop: TenantContext) -> tuple[Person, str, dict[str, str], str]:
    """Return somebody with an empty cart: the cart's address, its token's header, and a variant."""
    from hansa.domain.catalog.models import Variant

    open_shop(shop)
    stock_shop(shop, draft("Mug", price=1000, stock=50))
    with entered(shop):
        variant = str(Variant.objects.get().pk)
    guest = meet(shop)
    made = guest.call("POST", "/carts").json()
    return guest, f"/carts/{made['id']}", {"Authorization": f"Cart {made['token']}"}, variant


@pytest.mark.parametrize(
    "body",
    [
        {"gift_card_codes": [NUL]},
        {"promotion_codes": [NUL]},
        {"email": f"{NUL}@example.com"},
        {"shipping_address": {"city": NUL, "country": "DE"}},
        {NUL: 1},
    ],
)
def test_a_nul_in_a_text_is_refused(cart: tuple[Person, str, dict[str, str], str], body: dict[str, Any]) -> None:
    guest, path, token, _ = cart
    for method, where, headers in (("PATCH", path, token), ("POST", "/carts", {})):
        answer = guest.call(method, where, body, **headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text


def test_a_nul_beside_a_payment_is_refused(cart: tuple[Person, str, dict[str, str], str]) -> None:
    guest, path, token, _ = cart
    body = {"payment": {"provider": "manual", "note": {"deep": [NUL]}}}
    answer = guest.call("POST", f"{path}/checkout", body, **token, **{"Idempotency-Key": uuid4().hex})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text


@pytest.mark.parametrize(("quantity", "status"), [(2.0, 201), (2.5, 422), ("2", 422), (True, 422), (1e300, 422)])
def test_a_whole_number_is_one_however_json_writes_it(
    cart: tuple[Person, str, dict[str, str], str], quantity: Any, status: int
) -> None:
    guest, path, token, variant = cart
    answer = guest.call("POST", f"{path}/lines", {"variant_id": variant, "quantity": quantity}, **token)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/me", "DELETE, GET, HEAD, PATCH"),
        ("/me/addresses", "GET, HEAD, POST"),
        ("/carts", "POST"),
        ("/carts/01890000-0000-7000-8000-000000000000", "GET, HEAD, PATCH"),
        ("/carts/01890000-0000-7000-8000-000000000000/lines/01890000-0000-7000-8000-000000000000", "DELETE, PATCH"),
        ("/products", "GET, HEAD"),
    ],
)
def test_a_method_that_is_not_there_is_told_all_that_are(
    meet: Meet, shop: TenantContext, path: str, methods: str
) -> None:
    answer = meet(shop).call("PUT", path)
    assert (answer.status_code, answer.headers["allow"]) == (405, methods)


def test_a_body_that_is_no_text_cannot_be_read(ada: Person) -> None:
    headers = ada.headers | {"content-type": "application/json"}
    answer = ada.client.patch("/api/v1/me", content=b"\xff\xfe{", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), answer.text


def test_an_idempotency_key_is_printable_ascii(cart: tuple[Person, str, dict[str, str], str]) -> None:
    guest, path, token, _ = cart
    body = {"payment": {"provider": "manual"}}
    for key, status in ((b"", 400), ("ключ".encode(), 422), (b"k" * 256, 422)):
        headers = {name.encode(): value.encode() for name, value in token.items()} | {b"Idempotency-Key": key}
        answer = guest.client.post(f"/api/v1{path}/checkout", json=body, headers=headers)
        assert answer.status_code == status, answer.text
