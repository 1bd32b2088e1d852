"""What a role does not allow, the back office does not show, and refuses when somebody asks for it anyway."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from hansa.domain.staff.types import CAPABILITIES, PRESETS, SYSTEM
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.interfaces.backoffice.conftest import PASSWORD, messages_of, submit

type Enter = Callable[..., TestClient]


@pytest.fixture
def enter(shop: TenantContext, visit: Callable[[TenantContext], TestClient]) -> Enter:
    """Return a function that logs somebody with a role in; an owner is there already."""
    from hansa.domain.staff.services.create_staff import create_staff

    with tenant_scope(shop):
        create_staff(email="owner@example.com", password=PASSWORD)

    def one(role: str, email: str = "clerk@example.com") -> TestClient:
        with tenant_scope(shop):
            create_staff(email=email, password=PASSWORD, role=role)
        client = visit(shop)
        answer = submit(client, "/admin/login/", {"username": email, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return client

    return one


def listed() -> list[Any]:
    """Return the models that have pages in the back office."""
    from django.apps import apps

    from hansa.interfaces.backoffice.site import backoffice

    return [model for model in apps.get_models() if backoffice.is_registered(model)]


def pages() -> dict[str, str]:
    """Return each list of the back office and Django's permission to look at it."""
    return {
        f"/admin/{model._meta.app_label}/{model._meta.model_name}/": (
            f"{model._meta.app_label}.view_{model._meta.model_name}"
        )
        for model in listed()
    }


def person(shop: TenantContext, email: str = "clerk@example.com") -> Any:
    from hansa.domain.accounts.models import User

    with tenant_scope(shop), transaction():
        return User.objects.get(email=email)


def test_every_page_and_operation_names_a_capability() -> None:
    from hansa.domain.staff.permissions import capability_of
    from hansa.interfaces.backoffice.operations import OperationsAdmin
    from hansa.interfaces.backoffice.site import backoffice

    for path, permission in pages().items():
        assert capability_of(permission) in CAPABILITIES, path
        edit = capability_of(permission.replace(".view_", ".change_"))
        assert edit in CAPABILITIES or path.startswith("/admin/audit/"), path
    registered = [backoffice.get_model_admin(model) for model in listed()]
    operations = [one for page in registered if isinstance(page, OperationsAdmin) for one in page.operations]
    assert len(operations) > 10
    assert {one.__name__ for one in operations if one.capability not in CAPABILITIES} == set()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.code)
def test_a_role_sees_its_pages_and_no_others(enter: Enter, preset: Any) -> None:
    from hansa.domain.staff.permissions import capability_of

    client = enter(preset.code)
    front = client.get("/admin/").text
    for path, permission in pages().items():
        is_allowed = capability_of(permission) in preset.capabilities
        assert client.get(path).status_code == (200 if is_allowed else 403), (preset.code, path)
        assert is_allowed or f'href="{path}"' not in front, (preset.code, path)


def test_a_refusal_is_a_page_that_says_what_to_do(enter: Enter) -> None:
    page = enter("clerk").get("/admin/staff/role/")
    assert page.status_code == 403
    assert "Your role does not allow this" in messages_of(page.text)
    assert "frame-ancestors" in page.headers["content-security-policy"]
    assert "'unsafe-eval'" in page.headers["content-security-policy"]  # without it Unfold's dialogs lie open over it


def test_somebody_without_a_role_is_not_let_in(enter: Enter, shop: TenantContext) -> None:
    from hansa.domain.staff.models import Assignment

    client = enter("clerk")
    with tenant_scope(shop), transaction():
        Assignment.objects.filter(user=person(shop)).delete()
    assert client.get("/admin/", follow_redirects=False).status_code == 302


def test_a_suspended_person_is_out_with_their_next_click(enter: Enter, shop: TenantContext) -> None:
    from hansa.domain.staff.services.change_staff import suspend_staff

    client = enter("manager")
    assert client.get("/admin/").status_code == 200
    with tenant_scope(shop):
        suspend_staff(user_id=person(shop).pk, by=SYSTEM)
    answer = client.get("/admin/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, "/admin/login/?next=/admin/")
    form = {"username": "clerk@example.com", "password": PASSWORD}
    assert submit(client, "/admin/login/", form).status_code == 200, "nor do they get in again"


@pytest.fixture
def lamp(shop: TenantContext) -> UUID:
    """Put a lamp on sale and return its variant."""
    from hansa.domain.catalog.models import Variant
    from tests.worlds import draft, stock_shop
    from tests.worlds_buying import open_shop

    open_shop(shop)
    stock_shop(shop, draft("Lamp", price=4900, stock=5))
    with tenant_scope(shop), transaction():
        return Variant.objects.get(product__name="Lamp").pk


def stock_items(shop: TenantContext) -> dict[str, Any]:
    from hansa.domain.inventory.models import StockItem

    with tenant_scope(shop), transaction():
        return {item.warehouse.code: item for item in StockItem.objects.select_related("warehouse")}


def two_warehouses(shop: TenantContext, variant: UUID) -> dict[str, Any]:
    from hansa.domain.inventory.services.create_warehouse import create_warehouse
    from hansa.domain.inventory.services.receive import receive
    from hansa.kernel.clock import now

    with tenant_scope(shop):
        far = create_warehouse(name="Far away", code="far")
        receive(quantities={variant: 7}, warehouse_id=far.pk, actor="test", now=now())
    return stock_items(shop)


def test_who_is_limited_to_a_warehouse_finds_the_others_nowhere(enter: Enter, shop: TenantContext, lamp: UUID) -> None:
    from hansa.domain.staff.services.change_staff import limit_staff

    items = two_warehouses(shop, lamp)
    client = enter("clerk")
    far = items.pop("far")
    (near,) = items.values()
    with tenant_scope(shop):
        limit_staff(user_id=person(shop).pk, permission="inventory.view_warehouse", objects=[far.warehouse], by=SYSTEM)
    listed = client.get("/admin/inventory/stockitem/").text
    assert str(far.pk) in listed
    assert str(near.pk) not in listed
    assert client.get(f"/admin/inventory/stockitem/{far.pk}/change/").status_code == 200
    assert client.get(f"/admin/inventory/stockitem/{near.pk}/change/").status_code == 404
    ledger = client.get("/admin/inventory/stockmovement/").text
    assert "Far away" in ledger
    assert near.warehouse.name not in re.sub(r"<select.*?</select>", "", ledger, flags=re.DOTALL)

    page = f"/admin/inventory/stockitem/{far.pk}/change/"
    (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(page).text)
    fields = {"csrfmiddlewaretoken": token, "quantity": "1", "reason": "x"}
    at = "/admin/inventory/stockitem/{}/do/receive/"
    assert client.post(at.format(near.pk), data=fields, follow_redirects=False).status_code == 404
    assert client.post(at.format(far.pk), data=fields, follow_redirects=False).status_code == 302
    after = stock_items(shop)
    assert (after["far"].on_hand, after[near.warehouse.code].on_hand) == (8, 5)


def test_who_is_limited_to_a_warehouse_sends_nothing_to_another(enter: Enter, shop: TenantContext, lamp: UUID) -> None:
    from hansa.domain.staff.services.change_staff import limit_staff

    items = two_warehouses(shop, lamp)
    client = enter("clerk")
    far = items.pop("far")
    (near,) = items.values()
    page, at = (f"/admin/inventory/stockitem/{far.pk}/{end}" for end in ("change/", "do/transfer/"))
    assert near.warehouse.name in client.get(page).text
    with tenant_scope(shop):
        limit_staff(user_id=person(shop).pk, permission="inventory.view_warehouse", objects=[far.warehouse], by=SYSTEM)
    assert at not in client.get(page).text
    assert near.warehouse.name not in client.get("/admin/inventory/stockitem/").text
    fields = {"csrfmiddlewaretoken": client.cookies["csrftoken"], "quantity": "1", "to": str(near.warehouse.pk)}
    answer = client.post(at, data=fields, follow_redirects=False)
    assert answer.status_code == 422
    assert near.warehouse.name not in answer.text
    assert {code: item.on_hand for code, item in stock_items(shop).items()} == {"far": 7, near.warehouse.code: 5}


def test_an_operation_that_the_role_does_not_allow_is_refused(enter: Enter, shop: TenantContext, lamp: UUID) -> None:
    client = enter("read-only")
    (item,) = stock_items(shop).values()
    assert item.variant_id == lamp
    page = client.get(f"/admin/inventory/stockitem/{item.pk}/change/")
    assert page.status_code == 200
    assert "/do/receive/" not in page.text
    token = client.cookies["csrftoken"]
    answer = client.post(
        f"/admin/inventory/stockitem/{item.pk}/do/receive/",
        data={"csrfmiddlewaretoken": token, "quantity": "1"},
        follow_redirects=False,
    )
    assert answer.status_code == 403
    assert stock_items(shop)[item.warehouse.code].on_hand == 5


def test_a_thing_that_the_role_does_not_show_has_no_page_either(enter: Enter, shop: TenantContext) -> None:
    client = enter("clerk")
    page = f"/admin/accounts/user/{person(shop, 'owner@example.com').pk}/change/"
    for answer in (client.get(page), client.post(page, data={"csrfmiddlewaretoken": client.cookies["csrftoken"]})):
        assert answer.status_code == 403
        assert "owner@example.com" not in answer.text


def test_a_refused_deletion_tells_nothing_to_who_may_not_delete(enter: Enter, shop: TenantContext) -> None:
    from hansa.domain.pricing.models import TaxClass
    from tests.worlds_buying import open_shop

    open_shop(shop)
    with tenant_scope(shop), transaction():
        standard = TaxClass.objects.get(code="standard")
    client = enter("clerk")
    assert client.get(f"/admin/pricing/taxclass/{standard.pk}/delete/", follow_redirects=False).status_code == 403


def test_who_only_looks_has_no_actions(enter: Enter, lamp: UUID, shop: TenantContext) -> None:
    from hansa.domain.catalog.models import Product, Variant

    client = enter("read-only")
    assert "Unpublish" not in client.get("/admin/catalog/product/").text
    with tenant_scope(shop), transaction():
        product = Variant.objects.get(pk=lamp).product_id
    fields = {
        "csrfmiddlewaretoken": client.cookies["csrftoken"],
        "action": "archive",
        "_selected_action": str(product),
        "index": "0",
    }
    client.post("/admin/catalog/product/", data=fields)
    with tenant_scope(shop), transaction():
        assert Product.objects.get(pk=product).archived_at is None


def test_who_is_limited_to_a_category_works_there_only(enter: Enter, shop: TenantContext) -> None:
    from hansa.domain.catalog.models import Category, Product
    from hansa.domain.catalog.services.create_category import create_category
    from hansa.domain.catalog.services.create_product import create_product
    from hansa.domain.staff.services.change_staff import limit_staff
    from hansa.domain.staff.services.save_role import save_role
    from hansa.kernel.clock import now

    with tenant_scope(shop):
        light = create_category(name="Light")
        lamps = create_category(name="Lamps", parent_id=light.pk)
        wool = create_category(name="Wool")
        for name, place in (("Torch", light), ("Lamp", lamps), ("Scarf", wool)):
            create_product(name=name, category_id=place.pk, now=now())
        editor = save_role(role_id=None, name="Editor", capabilities=["catalog.edit"], by=SYSTEM)
    client = enter(editor.code)
    with tenant_scope(shop):
        limit_staff(user_id=person(shop).pk, permission="catalog.view_category", objects=[light], by=SYSTEM)
        with transaction():
            found = {product.name: product for product in Product.objects.all()}
    names = client.get("/admin/catalog/product/").text
    assert "Torch" in names
    assert "Lamp" in names
    assert "Scarf" not in names
    assert client.get(f"/admin/catalog/product/{found['Scarf'].pk}/change/").status_code == 404
    fields = {
        "csrfmiddlewaretoken": client.cookies["csrftoken"],
        "action": "move_to_category",
        "_selected_action": str(found["Lamp"].pk),
        "index": "0",
        "is_chosen": "1",
        "category": str(wool.pk),
    }
    answer = client.post("/admin/catalog/product/", data=fields, follow_redirects=True)
    assert "You work in some categories only" in messages_of(answer.text)
    answer = submit(client, "/admin/catalog/category/add/", {"name": "Elsewhere", "position": "0", "parent": ""})
    assert "You work in some categories only" in messages_of(answer.text)
    assert client.get("/admin/catalog/attribute/add/").status_code == 403
    with tenant_scope(shop), transaction():
        assert Product.objects.get(pk=found["Lamp"].pk).category_id == lamps.pk
        assert not Category.objects.filter(name="Elsewhere").exists()


def test_an_editor_of_products_does_not_set_stock(enter: Enter, shop: TenantContext, lamp: UUID) -> None:
    from hansa.domain.catalog.models import Variant
    from hansa.domain.staff.services.save_role import save_role
    from tests.interfaces.backoffice.conftest import filled

    with tenant_scope(shop):
        editor = save_role(role_id=None, name="Editor", capabilities=["catalog.edit"], by=SYSTEM)
    client = enter(editor.code)
    path = f"/admin/catalog/variant/{lamp}/change/"
    page = client.get(path).text
    answer = submit(client, path, filled(page) | {"stock_quantity": "999", "barcode": "4006381333931"})
    assert answer.status_code == 302, messages_of(answer.text)
    with tenant_scope(shop), transaction():
        variant = Variant.objects.get(pk=lamp)
    assert (variant.barcode, variant.stock_quantity) == ("4006381333931", 5)
    assert [item.on_hand for item in stock_items(shop).values()] == [5]
