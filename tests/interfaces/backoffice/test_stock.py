"""What staff do to stock in forms that were opened before somebody bought."""

import re
from datetime import timedelta
from typing import Any

from starlette.testclient import TestClient

from hansa.domain.catalog.models import Variant
from hansa.domain.inventory.models import StockItem
from hansa.domain.inventory.services.publish_availability import publish_availability
from hansa.domain.inventory.services.reserve import reserve
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.worlds import NOON, draft, entered, stock_shop

_INPUT = re.compile(r"<input\b[^>]*>")


def _fields(page: str) -> dict[str, str]:
    """Return the fields of the form's inputs, as a browser would send them back untouched."""
    fields = {}
    for tag in _INPUT.findall(page):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") in {"submit", "file"} or "name" not in attributes:
            continue
        if attributes.get("type") == "checkbox" and " checked" not in tag:
            continue
        fields[attributes["name"]] = attributes.get("value", "on" if attributes.get("type") == "checkbox" else "")
    return {name: value for name, value in fields.items() if not name.startswith("_") and "__prefix__" not in name}


def _sell(shop: TenantContext, variant: Variant, quantity: int) -> None:
    with entered(shop):
        later = NOON + timedelta(days=36500)  # a worker of another test may look at the real clock
        reserve(reference=uuid7(), demands={variant.pk: quantity}, now=NOON, expires_at=later)
    with tenant_scope(shop):
        publish_availability(variant_ids=None)


def _variant(shop: TenantContext) -> Variant:
    with entered(shop):
        return Variant.objects.select_related("product").get()


def _counters(shop: TenantContext) -> tuple[int, int, int]:
    with entered(shop):
        item = StockItem.objects.get()
        return item.on_hand, item.reserved, Variant.objects.get().stock_quantity


def _submit(staff: TestClient, path: str, changes: dict[str, Any], page: str) -> None:
    sent = _fields(page) | {"metadata": "{}"} | changes
    answer = staff.post(path, data=sent, follow_redirects=False)
    wrong = re.findall(r"(?s)errorlist.{0,300}", answer.text)
    assert answer.status_code == 302, (wrong, sent)


def test_a_variants_form_that_was_opened_before_a_sale_does_not_undo_it(shop: TenantContext, staff: TestClient) -> None:
    stock_shop(shop, draft("Mug", stock=5))
    variant = _variant(shop)
    path = f"/admin/catalog/variant/{variant.pk}/change/"
    page = staff.get(path).text
    _sell(shop, variant, 2)
    _submit(staff, path, {"sku": "NEW"}, page)
    assert _variant(shop).sku == "NEW"
    assert _counters(shop) == (5, 2, 3)


def test_who_adds_three_pieces_in_a_stale_form_adds_three(shop: TenantContext, staff: TestClient) -> None:
    stock_shop(shop, draft("Mug", stock=5))
    variant = _variant(shop)
    path = f"/admin/catalog/variant/{variant.pk}/change/"
    page = staff.get(path).text
    _sell(shop, variant, 2)
    _submit(staff, path, {"stock_quantity": "8"}, page)
    assert _counters(shop) == (8, 2, 6)


def test_a_products_form_that_was_opened_before_a_sale_does_not_undo_it(shop: TenantContext, staff: TestClient) -> None:
    stock_shop(shop, draft("Mug", stock=5))
    variant = _variant(shop)
    path = f"/admin/catalog/product/{variant.product_id}/change/"
    page = staff.get(path).text
    _sell(shop, variant, 2)
    changes = {"name": "Mug", "status": "published", "description": "", "variants-0-sku": "NEW"}
    _submit(staff, path, changes, page)
    assert _variant(shop).sku == "NEW"
    assert _counters(shop) == (5, 2, 3)
