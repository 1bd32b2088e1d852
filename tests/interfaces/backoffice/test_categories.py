"""Categories and attributes in the back office, through the whole application."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.domain.catalog.conftest import make_mug
from tests.interfaces.backoffice.conftest import filled, messages_of, submit
from tests.worlds import entered

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ADD = "/admin/catalog/category/add/"
LIST = "/admin/catalog/category/"


@pytest.fixture
def shelves(shop: TenantContext) -> dict[str, Any]:
    """Return Kitchen > Mugs with a mug on it, and Kitchen tools beside Kitchen."""
    from hansa.domain.catalog.services.create_category import create_category

    with entered(shop):
        kitchen = create_category(name="Kitchen")
        tools = create_category(name="Kitchen tools")
        mugs = create_category(name="Mugs", parent_id=kitchen.pk)
        make_mug(NOW, category_id=mugs.pk)
    return {"kitchen": kitchen, "tools": tools, "mugs": mugs}


def _paths(shop: TenantContext) -> set[str]:
    from hansa.domain.catalog.models import Category

    with entered(shop):
        return set(Category.objects.filter(archived_at=None).values_list("path", flat=True))


def _change(category: Any) -> str:
    return f"{LIST}{category.pk}/change/"


def test_a_category_is_created_renamed_and_moved(staff: TestClient, shop: TenantContext, shelves: Any) -> None:
    answer = submit(staff, ADD, {"name": "Plates", "parent": str(shelves["kitchen"].pk), "position": "0"})
    assert answer.status_code == 302, messages_of(answer.text)
    assert "kitchen/plates" in _paths(shop)
    path = _change(shelves["kitchen"])
    fields = filled(staff.get(path).text) | {"name": "Table", "parent": str(shelves["tools"].pk)}
    assert submit(staff, path, fields).status_code == 302
    assert _paths(shop) == {
        "kitchen-tools",
        "kitchen-tools/table",
        "kitchen-tools/table/mugs",
        "kitchen-tools/table/plates",
    }


@pytest.mark.usefixtures("shelves")
def test_the_list_is_a_tree(staff: TestClient) -> None:
    page = staff.get(LIST).text
    places = [page.index(f">{name}<") for name in ("Kitchen", "Mugs", "Kitchen tools")]
    assert places == sorted(places)


def test_the_tree_takes_as_many_statements_for_sixty_categories_as_for_three(
    staff: TestClient, shop: TenantContext, shelves: Any, count_statements: Callable[[str], int]
) -> None:
    from hansa.domain.catalog.services.create_category import create_category

    few = count_statements(LIST)
    with entered(shop):
        for number in range(57):
            parent = create_category(name=f"Shelf {number}", parent_id=shelves["mugs"].pk)
            make_mug(NOW, name=f"Mug {number}", category_id=parent.pk)
    assert count_statements(LIST) == few
    assert staff.get(LIST).text.count("?category=") == 60


def test_a_category_is_not_offered_as_its_own_parent(staff: TestClient, shelves: Any) -> None:
    page = staff.get(_change(shelves["kitchen"])).text
    offered = {name: f'value="{shelf.pk}"' in page for name, shelf in shelves.items()}
    assert offered == {"kitchen": False, "tools": True, "mugs": False}
    fields = filled(page) | {"parent": str(shelves["mugs"].pk)}
    assert "Select a valid choice" in submit(staff, _change(shelves["kitchen"]), fields).text


@pytest.mark.usefixtures("shelves")
def test_a_name_that_a_sibling_has_is_refused_on_the_form(
    staff: TestClient,
    shop: TenantContext,
) -> None:
    before = _paths(shop)
    answer = submit(staff, ADD, {"name": "kitchen", "parent": "", "position": "0"})
    assert answer.status_code == 200
    assert "There is a category of this name" in answer.text
    assert _paths(shop) == before


def test_a_category_with_products_is_not_deleted_and_says_why(
    staff: TestClient, shop: TenantContext, shelves: Any
) -> None:
    before = _paths(shop)
    for shelf, reason in (("mugs", "1 product"), ("kitchen", "1 category")):
        path = f"{LIST}{shelves[shelf].pk}/delete/"
        asked = staff.get(path)
        assert reason in asked.text
        token = staff.cookies["csrftoken"]
        confirmed = staff.post(path, data={"csrfmiddlewaretoken": token, "post": "yes"})
        assert reason in confirmed.text
    assert _paths(shop) == before


def test_an_empty_category_is_deleted(staff: TestClient, shop: TenantContext, shelves: Any) -> None:
    path = f"{LIST}{shelves['tools'].pk}/delete/"
    assert submit(staff, path, {"post": "yes"}).status_code == 302
    assert "kitchen-tools" not in _paths(shop)


def test_categories_are_archived_and_restored_where_that_is_possible(
    staff: TestClient, shop: TenantContext, shelves: Any
) -> None:
    chosen = [str(shelf.pk) for shelf in shelves.values()]
    submit(staff, LIST, {"action": "archive", "_selected_action": chosen})
    words = messages_of(staff.get(LIST).text)
    assert "“Mugs” still holds 1 product" in words
    assert "1 archived." in words
    assert _paths(shop) == {"kitchen", "kitchen/mugs"}
    submit(staff, f"{LIST}?archive=archived", {"action": "restore", "_selected_action": chosen})
    assert "kitchen-tools" in _paths(shop)


def test_an_attribute_is_created_renamed_and_deleted_with_its_facts(staff: TestClient, shop: TenantContext) -> None:
    from hansa.domain.catalog.models import Attribute
    from hansa.domain.catalog.queries import ListingQuery
    from hansa.domain.catalog.selectors import get_listing_page
    from hansa.domain.catalog.services.set_product_attributes import set_product_attributes

    def found(name: str) -> int:
        with entered(shop):
            return len(get_listing_page(ListingQuery(attributes=((name, "Clay"),))).documents())

    add = "/admin/catalog/attribute/add/"
    assert submit(staff, add, {"label": "Material", "name": "material", "is_filterable": "on"}).status_code == 302
    twice = submit(staff, add, {"label": "Material", "name": "material"})
    assert "There is an attribute of this name already" in twice.text
    with tenant_scope(shop):
        mug = make_mug(NOW)
        set_product_attributes(product_id=mug.pk, attributes={"Material": ["Clay"]}, now=NOW)
    with entered(shop):
        attribute = Attribute.objects.get()
    path = f"/admin/catalog/attribute/{attribute.pk}"
    changed = filled(staff.get(f"{path}/change/").text) | {"name": "stuff"}
    assert submit(staff, f"{path}/change/", changed).status_code == 302
    assert (found("material"), found("stuff")) == (0, 1)
    assert submit(staff, f"{path}/delete/", {"post": "yes"}).status_code == 302
    assert found("stuff") == 0
